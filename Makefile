# callsieve. `make demo` and `make check` work on a fresh Debian 12.
#
#   make                        build/gcc/callsieved and build/gcc/callsieve
#   make CC=clang
#   make SAN=address,undefined  (or SAN=thread) with sanitizers
#   make V=1                    show the commands

VERSION := 0.1.0
MAKEFLAGS += --no-builtin-rules

ifeq ($(origin CC),default)
CC := gcc
endif
comma := ,
BUILD ?= build/$(CC)$(if $(SAN),-$(subst $(comma),-,$(SAN)))
PREFIX ?= /usr
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' '$(1)' '$(2)';)

# For a make within a recipe: all processors, unless a -j was given.
at_once = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))

include src/rooms.mk

CFLAGS ?= -O2 -g
WARNINGS := -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer)
ALL_CFLAGS = $(WARNINGS) -MMD -MP -Iinclude -D_GNU_SOURCE \
	-DCALLSIEVE_VERSION='"$(VERSION)"' $(CFLAGS) $(SANFLAGS) $(EXTRA_CFLAGS)

# Sofia-SIP's headers are not on the default path, so only the files given
# these flags can see them: the compiler itself guards that border.
SOFIA_CFLAGS := $(patsubst -I%,-isystem %,$(shell pkg-config --cflags sofia-sip-ua 2>/dev/null))
SOFIA_LIBS := $(shell pkg-config --libs sofia-sip-ua 2>/dev/null)
LIBS = $(SOFIA_LIBS) -lcurl -lcares -ljansson -lsqlite3 -lmicrohttpd -lconfuse \
	-lssl -lcrypto -lsystemd -lpthread -lm

sources = $(sort $(wildcard src/$(1)/*.c src/$(1)/*/*.c))
objects = $(patsubst %.c,$(BUILD)/%.o,$(call sources,$(1)))
archive = $(BUILD)/lib/$(1).a
# A static library must stand before those it needs: highest room first.
reverse = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))
archives = $(foreach room,$(call reverse,$(1)),$(call archive,$(room)))

LIBROOMS := $(filter-out cli app,$(ROOMS))
DAEMON := $(BUILD)/callsieved
CLI := $(BUILD)/callsieve

.PHONY: all
all: $(DAEMON) $(CLI)

# The sanitizers bring an allocator of their own.
ALLOCATOR := $(if $(SAN),,-ljemalloc)

$(DAEMON): $(call objects,app) $(call archives,$(filter $(USES_app),$(ROOMS)))
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALLOCATOR) $(LIBS)

$(CLI): $(call objects,cli) $(call archives,$(LIBROOMS))
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

define room_rules
$(call archive,$(1)): $(call objects,$(1)) $(if $(filter store,$(1)),$(BUILD)/db/migrations.o)
	@mkdir -p $$(@D)
	$$(call say,AR,$$@)rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach room,$(LIBROOMS),$(eval $(call room_rules,$(room))))

$(BUILD)/src/sip/%.o $(BUILD)/src/core/loop.o: ALL_CFLAGS += $(SOFIA_CFLAGS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -c -o $@ $<

# The schema travels inside the programs.
MIGRATIONS := $(sort $(wildcard db/*.sql))
$(BUILD)/db/migrations.c: $(MIGRATIONS) scripts/embed-sql.sh
	@mkdir -p $(@D)
	$(call say,EMBED,$@)scripts/embed-sql.sh $(MIGRATIONS) > $@.tmp && mv $@.tmp $@
$(BUILD)/db/migrations.o: $(BUILD)/db/migrations.c
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -Isrc -c -o $@ $<

include tests/tests.mk

.PHONY: deps run demo install clean
deps:
	$(Q)scripts/deps.sh build

run: deps
	$(Q)$(MAKE) --no-print-directory $(at_once) all
	$(DAEMON) -c etc/callsieve.conf

demo:
	$(Q)scripts/deps.sh build demo
	$(Q)$(MAKE) --no-print-directory $(at_once) all tools
	$(Q)scripts/demo.sh $(BUILD)

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin \
		$(DESTDIR)$(PREFIX)/share/man/man1 \
		$(DESTDIR)$(PREFIX)/share/man/man8 \
		$(DESTDIR)$(PREFIX)/lib/systemd/system \
		$(DESTDIR)/etc/callsieve/providers
	install -m 755 $(DAEMON) $(DESTDIR)$(PREFIX)/sbin/
	install -m 755 $(CLI) $(DESTDIR)$(PREFIX)/bin/
	install -m 644 etc/man/callsieve.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 etc/man/callsieved.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	install -m 644 etc/callsieve.service $(DESTDIR)$(PREFIX)/lib/systemd/system/
	install -m 644 etc/providers/*.conf $(DESTDIR)/etc/callsieve/providers/
	install -d $(DESTDIR)$(PREFIX)/share/callsieve
	install -m 644 etc/explanation.schema.json etc/alerts.yml \
		$(DESTDIR)$(PREFIX)/share/callsieve/
	test -e $(DESTDIR)/etc/callsieve/callsieve.conf || \
		install -m 640 etc/callsieve.conf $(DESTDIR)/etc/callsieve/

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
