#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(breaker_suite());
	int failed;

	srunner_add_suite(runner, cache_suite());
	srunner_add_suite(runner, files_suite());
	srunner_add_suite(runner, grammar_suite());
	srunner_add_suite(runner, map_suite());
	srunner_add_suite(runner, rep_suite());
	srunner_add_suite(runner, rep_failure_suite());
	srunner_add_suite(runner, target_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
