# The shipped points and thresholds on a made-up week of labelled calls.
#   make week WEEK_SEED=1
WEEK_SEED ?= 1
WEEK := $(BUILD)/tests/week

.PHONY: week
week: $(CLI)
	$(Q)scripts/deps.sh week
	@mkdir -p $(WEEK)
	$(Q)python3 tests/week/week.py $(WEEK_SEED) $(WEEK)/week
	$(Q)$(CLI) -c etc/callsieve.conf replay --events $(WEEK)/week.events \
		>$(WEEK)/answers
	$(Q)python3 tests/week/score.py $(WEEK)/week.labels $(WEEK)/answers
