#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(recent_suite());
	int failed;

	srunner_add_suite(runner, admit_suite());
	srunner_add_suite(runner, identifier_suite());
	srunner_add_suite(runner, choose_suite());
	srunner_add_suite(runner, backlog_suite());
	srunner_add_suite(runner, guard_suite());
	srunner_add_suite(runner, scripts_suite());
	srunner_add_suite(runner, call_id_suite());
	srunner_add_suite(runner, uri_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
