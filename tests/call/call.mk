# The real callsieved between scripted peers.
#   make calls                    the tests that are done in seconds
#   make calls CALLSIEVE_SLOW=1   and those that wait for SIP's long timers
CALL_TESTS := $(BUILD)/tests/call/call.test

$(CALL_TESTS): $(call test_objects,tests/call) $(FAKES)
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) -o $@ $^ $(TEST_LIBS) -lsqlite3 -lssl \
		-lcrypto -lpthread

.PHONY: calls
calls: $(CALL_TESTS) $(DAEMON) $(CLI)
	$(Q)CALLSIEVE_SLOW=$(CALLSIEVE_SLOW) $(CALL_TESTS)
