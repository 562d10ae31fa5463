/* What an INVITE says of its caller, as it reaches the score: by the signals
 * in the call's explanation. */
#include <stdio.h>

#include "call/scene.h"
#include "call/suites.h"

#define WRITTEN_MS 3000
#define NAMES                                                                  \
	"SELECT group_concat(json_extract(value, '$.name'), ' ') FROM calls, " \
	"json_each(explanation, '$.signals')"

static const struct {
	const char *claim, *identity, *headers, *signals;
} cases[] = {
	{"a check that failed counts", "pai",
	 "P-Asserted-Identity: <sip:" CALLER
	 ";verstat=TN-Validation-Failed@a.example;user=phone>\r\n",
	 "stir_failed"},
	{"so it does in a tel URI", "pai",
	 "P-Asserted-Identity: <tel:" CALLER
	 ";verstat=TN-Validation-Failed>\r\n",
	 "stir_failed"},
	{"what a stranger says of its own check is nothing", "from",
	 "P-Asserted-Identity: <tel:" CALLER
	 ";verstat=TN-Validation-Failed>\r\n",
	 ""},
	{"attestation C counts, behind the verdict", "pai",
	 "P-Asserted-Identity: <tel:" CALLER
	 ";verstat=TN-Validation-Passed-C>\r\n",
	 "attest_c"},
	{"and in a header of its own", "pai",
	 "P-Asserted-Identity: <tel:" CALLER
	 ";verstat=TN-Validation-Passed>\r\nAttestation-Info: C\r\n",
	 "attest_c"},
	{"attestation A is nothing against the caller", "pai",
	 "P-Asserted-Identity: <tel:" CALLER
	 ";verstat=TN-Validation-Passed-A>\r\n",
	 ""},
	{"a number withheld from the callee counts", "pai",
	 "P-Asserted-Identity: <tel:" CALLER ">\r\nPrivacy: id\r\n",
	 "anonymous"},
	{"Privacy: none withholds nothing", "pai", "Privacy: none\r\n", ""},
};

START_TEST(facts_reach_the_score)
{
	struct scene scene;
	struct call call;
	char trunk[64];

	snprintf(trunk, sizeof(trunk), "\tidentity = \"%s\"\n",
		 cases[_i].identity);
	scene_open(&scene, SCENE(.trunk = trunk));
	call_place(&call, &scene, PARTS(.headers = cases[_i].headers));
	call_refuse(&call, 486);
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    WRITTEN_MS);
	claim_text(daemon_sql_text(&scene.daemon, NAMES), cases[_i].signals);
	scene_close(&scene);
}
END_TEST

Suite *facts_suite(void)
{
	Suite *suite = suite_create("facts");
	TCase *tests = scene_tcase(suite, "facts");

	tcase_add_loop_test(tests, facts_reach_the_score, 0,
			    (int)(sizeof(cases) / sizeof(cases[0])));
	return suite;
}
