# Calls whose ends do at random what SIP allows and some of what it does not.
#   make storm STORM_CALLS=2000 STORM_SEED=1 [SAN=address,undefined]
STORM := $(BUILD)/tests/storm/storm

$(STORM): $(call test_objects,tests/storm) $(FAKES)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) -o $@ $^ $(TEST_LIBS) -lsqlite3 -lssl -lcrypto -lpthread

.PHONY: storm
storm: $(STORM) $(DAEMON)
	$(Q)STORM_CALLS=$(STORM_CALLS) STORM_SEED=$(STORM_SEED) \
		STORM_SLOW=$(STORM_SLOW) STORM_LOG=$(STORM_LOG) \
		STORM_PACE_MS=$(STORM_PACE_MS) $(STORM)

# 100,000 calls of all fates: the daemon's memory must not grow. Ten minutes.
.PHONY: soak
soak: STORM_CALLS = 100000
soak: STORM_SLOW = 0
soak: STORM_PACE_MS = 3
soak: storm
