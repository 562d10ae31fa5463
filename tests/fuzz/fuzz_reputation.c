/* What reputation services answer, under several mappings. */
#include <stdint.h>
#include <stdlib.h>

#include "callsieve/reputation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *score;
	double min, max;
	enum config_scale scale;
	enum config_format format;
} mappings[] = {
	{"/score", 0, 100, SCALE_LINEAR, FORMAT_JSON},
	{"", 0, 1, SCALE_LOG, FORMAT_JSON},
	{"/data/0/risk", 100, 0, SCALE_STEPS, FORMAT_JSON},
	{"/a~1b/~0", -1e308, 1e308, SCALE_BOOL, FORMAT_JSON},
	{"", 0, 100, SCALE_ENUM, FORMAT_TEXT},
};

static char *levels[] = {"1 = 20", "4 = 60", "high = 90"};
static char *misses[] = {"/found = false", "= unknown", "/data/0 = null"};
static char *good[] = {"/white", "/trust >= 0.9"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof(mappings) / sizeof(*mappings); i++) {
		struct config_reputation config = {
			.score = (char *)mappings[i].score,
			.score_min = mappings[i].min,
			.score_max = mappings[i].max,
			.scale = mappings[i].scale,
			.format = mappings[i].format,
			.levels = levels,
			.levels_count = 3,
			.miss_when = misses,
			.miss_when_count = 3,
			.allow_when = good,
			.allow_when_count = 2,
			.category = "/type",
			.categories = levels,
			.categories_count = 3,
		};
		struct rep_answer answer;

		rep_map(&config, (const char *)data, size, &answer);
		if (answer.risk < 0 || answer.risk > 100 || answer.cached ||
		    (answer.status == REP_UNAVAILABLE) != !!answer.why)
			abort();
	}
	return 0;
}
