# Tests: unit tests per room, whole-daemon tests, fuzz targets, benchmarks.
#
#   make check                  everything but fuzzing and benchmarks
#   make unit                   only the unit tests
#   make calls                  only the whole-daemon tests
#   make week                   the shipped points on a labelled week
#   make storm                  random calls at both ends of the daemon
#   make fuzz FUZZ_SECONDS=20   each parser of strangers' bytes, that long
#   make interop                calls through Kamailio, callsieve and Kamailio
#   make bench                  against Kamailio; BENCH="index reject" selects

TEST_CFLAGS := -Isrc -Itests $(shell pkg-config --cflags check 2>/dev/null)
TEST_LIBS := $(shell pkg-config --libs check 2>/dev/null)
TEST_ROOMS := $(notdir $(patsubst %/,%,$(wildcard tests/unit/*/)))
UNIT_TESTS := $(foreach room,$(TEST_ROOMS),$(BUILD)/tests/unit/$(room).test)

$(BUILD)/tests/%.o: ALL_CFLAGS += $(TEST_CFLAGS)
$(BUILD)/tests/unit/sip/%.o: ALL_CFLAGS += $(SOFIA_CFLAGS)

test_objects = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard $(1)/*.c)))
# A room with those it stands on, and those they do; of a program's room all
# but its main().
needs = $(1) $(foreach room,$(USES_$(1)),$(call needs,$(room)))
room_archives = $(call archives,$(filter $(call needs,$(1)),$(LIBROOMS)))
program_objects = $(filter-out %/main.o,$(if $(filter cli app,$(1)),$(call objects,$(1))))

# The fakes that tests link, and those that are programs of their own.
TOOLS := $(BUILD)/tests/fake/repserver
FAKES := $(BUILD)/tests/fake.a
fake_objects := $(filter-out $(TOOLS:=.o),$(call test_objects,tests/fake))

$(FAKES): $(fake_objects)
	@mkdir -p $(@D)
	$(call say,AR,$@)rm -f $@ && ar rcs $@ $^

.PHONY: tools
tools: $(TOOLS)
$(TOOLS): %: %.o $(FAKES)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) -o $@ $^ -lpthread

# One binary a room.
define unit_rules
$(BUILD)/tests/unit/$(1).test: $(call test_objects,tests/unit/$(1)) \
		$(call test_objects,tests/unit) $(call program_objects,$(1)) \
		$(FAKES) $(call room_archives,$(1))
	$$(call say,LINK,$$@)$$(CC) $$(ALL_CFLAGS) -o $$@ \
		$$(filter %.o,$$^) $$(filter %.a,$$^) $$(TEST_LIBS) $$(LIBS)
endef
$(foreach room,$(TEST_ROOMS),$(eval $(call unit_rules,$(room))))

# What the fuzz target mutates the unit tests run as it is.
$(BUILD)/tests/unit/sip.test $(BUILD)/tests/fuzz/fuzz_sip: \
	$(BUILD)/tests/fuzz/sip_script.o $(BUILD)/tests/fuzz/sip_side.o

# cli.test runs the program.
.PHONY: unit
unit: $(UNIT_TESTS) $(CLI)
	$(Q)scripts/run-tests.sh $(UNIT_TESTS)

# Adds to CALL_TESTS the programs that test the whole daemon.
-include tests/call/call.mk
-include tests/storm/storm.mk
-include tests/week/week.mk

# The packages first: what make asks of pkg-config it asks as it starts.
.PHONY: check check-all
check:
	$(Q)scripts/deps.sh build check
	$(Q)$(MAKE) --no-print-directory $(at_once) check-all

check-all: all tools $(UNIT_TESTS) $(CALL_TESTS)
	$(Q)BUILD=$(abspath $(BUILD)) CC='$(CC)' scripts/run-tests.sh \
		scripts/check-rooms.sh scripts/check-tree.sh \
		$(UNIT_TESTS) $(CALL_TESTS)

# Fuzz targets are always clang's, with all sanitizers, in a build of their own.
FUZZ_SECONDS ?= 20
FUZZ_BUILD ?= build/fuzz
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/tests/fuzz/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

$(FUZZERS): %: %.o $(call archives,$(LIBROOMS))
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer -o $@ \
		$(filter %.o,$^) $(filter %.a,$^) $(LIBS)

.PHONY: fuzz fuzzers
fuzzers: $(FUZZERS)
fuzz:
	$(Q)scripts/deps.sh build fuzz
	$(Q)$(MAKE) --no-print-directory $(at_once) CC=clang BUILD=$(FUZZ_BUILD) \
		SAN=address,undefined EXTRA_CFLAGS=-fsanitize=fuzzer-no-link fuzzers
	$(Q)scripts/fuzz.sh $(FUZZ_BUILD) $(FUZZ_SECONDS)

.PHONY: interop
interop:
	$(Q)scripts/deps.sh build interop
	$(Q)$(MAKE) --no-print-directory $(at_once) all
	$(Q)scripts/interop.sh $(BUILD)

BENCH ?= all
.PHONY: bench
bench:
	$(Q)scripts/deps.sh build bench
	$(Q)$(MAKE) --no-print-directory $(at_once) all $(BUILD)/tests/bench/index
	$(Q)scripts/bench.sh $(BUILD) $(BENCH)

$(BUILD)/tests/bench/index: %: %.o $(call room_archives,lists)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) -o $@ $^ $(LIBS)
