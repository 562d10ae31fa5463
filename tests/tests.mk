# Tests: unit tests per room, whole-daemon tests, fuzz targets, benchmarks.

TEST_CFLAGS := -Isrc -Itests $(shell pkg-config --cflags check 2>/dev/null)
TEST_LIBS := $(shell pkg-config --libs check 2>/dev/null)
TEST_ROOMS := $(notdir $(patsubst %/,%,$(wildcard tests/unit/*/)))
UNIT_TESTS := $(foreach room,$(TEST_ROOMS),$(BUILD)/tests/unit/$(room).test)

$(BUILD)/tests/%.o: ALL_CFLAGS += $(TEST_CFLAGS)

test_objects = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard $(1)/*.c)))
room_archives = $(call archives,$(filter $(USES_$(1)) $(filter-out cli app,$(1)),$(ROOMS)))

# One binary a room; its own code and that of the rooms it may use, no more.
define unit_rules
$(BUILD)/tests/unit/$(1).test: $(call test_objects,tests/unit/$(1)) \
		$(call test_objects,tests/unit) $(UNIT_EXTRA_$(1)) \
		$(call room_archives,$(1))
	$$(call say,LINK,$$@)$$(CC) $$(ALL_CFLAGS) -o $$@ $$^ $$(TEST_LIBS) $$(LIBS)
endef
$(foreach room,$(TEST_ROOMS),$(eval $(call unit_rules,$(room))))

.PHONY: unit
unit: $(UNIT_TESTS)
	$(Q)for t in $(UNIT_TESTS); do $$t || exit 1; done
