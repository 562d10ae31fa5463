/* What reputation services answer, under several mappings. */
#include <stdint.h>
#include <stdlib.h>

#include "callsieve/reputation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *score;
	double min, max;
} mappings[] = {
	{"/score", 0, 100},
	{"", 0, 1},
	{"/data/0/risk", 100, 0},
	{"/a~1b/~0", -1e308, 1e308},
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < sizeof(mappings) / sizeof(*mappings); i++) {
		struct config_reputation config = {
			.score = (char *)mappings[i].score,
			.score_min = mappings[i].min,
			.score_max = mappings[i].max,
		};
		struct rep_answer answer;

		rep_map(&config, (const char *)data, size, &answer);
		if (answer.risk < 0 || answer.risk > 100 || answer.cached ||
		    (answer.status == REP_UNAVAILABLE) != !!answer.why)
			abort();
	}
	return 0;
}
