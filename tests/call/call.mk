# Whole-daemon tests: the real callsieved between scripted peers.
#   make calls                the fast ones
#   CALLSIEVE_SLOW=1 make calls   and those that wait for SIP's long timers
CALL_TEST := $(BUILD)/tests/call/call.test

$(CALL_TEST): $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/call/*.c tests/fake/*.c)))
	$(call say,LINK,$@)$(CC) $(ALL_CFLAGS) -o $@ $^ $(TEST_LIBS) -lsqlite3 -lpthread

.PHONY: calls
calls: $(CALL_TEST) $(DAEMON) $(CLI)
	$(Q)$(CALL_TEST)
