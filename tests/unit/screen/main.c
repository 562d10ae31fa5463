#include <stdlib.h>

#include "callsieve/core/log.h"

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(detail_suite());
	int failed;

	log_set(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
	srunner_add_suite(runner, screen_suite());
	srunner_add_suite(runner, ask_suite());
	srunner_add_suite(runner, signals_suite());
	srunner_add_suite(runner, evidence_suite());
	srunner_add_suite(runner, standing_suite());
	srunner_add_suite(runner, explanation_suite());
	srunner_add_suite(runner, response_suite());
	srunner_add_suite(runner, greylist_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
