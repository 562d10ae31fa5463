#include <stdlib.h>

#include "suites.h"

int main(void)
{
	SRunner *runner = srunner_create(netaddr_suite());
	int failed;

	srunner_add_suite(runner, buf_suite());
	srunner_add_suite(runner, bucket_suite());
	srunner_add_suite(runner, clock_suite());
	srunner_add_suite(runner, config_suite());
	srunner_add_suite(runner, digest_suite());
	srunner_add_suite(runner, handover_suite());
	srunner_add_suite(runner, json_suite());
	srunner_add_suite(runner, log_suite());
	srunner_add_suite(runner, loop_suite());
	srunner_add_suite(runner, metrics_suite());
	srunner_add_suite(runner, signature_suite());
	srunner_add_suite(runner, switches_suite());
	srunner_add_suite(runner, u64map_suite());
	srunner_add_suite(runner, utf8_suite());
	srunner_add_suite(runner, words_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
