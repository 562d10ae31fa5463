#include <stdlib.h>

#include "callsieve/core/log.h"

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(history_suite());
	int failed;

	log_set(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
	srunner_add_suite(runner, keep_suite());
	srunner_add_suite(runner, tries_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
