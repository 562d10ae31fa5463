/* Calls as the daemon records them, told by explain, calls and status. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "callsieve/calls.h"
#include "callsieve/core/loop.h"
#include "callsieve/lists.h"

#include "run.h"
#include "suites.h"

static struct call_record *record_new(const char *id, const char *call_id,
				      int64_t started_ms)
{
	struct call_record *record = call_record_new();

	ck_assert_ptr_nonnull(record);
	strcpy(record->id, id);
	record->trunk = strdup("carrier");
	record->source = strdup("192.0.2.1:5060");
	record->call_id = strdup(call_id);
	record->from_uri = strdup("sip:+19005550123@carrier.example");
	record->to_uri = strdup("sip:+12025550199@192.0.2.7");
	record->facts.caller.kind = record->facts.callee.kind = NUMBER_E164;
	strcpy(record->facts.caller.text, "+19005550123");
	strcpy(record->facts.callee.text, "+12025550199");
	record->started_ms = started_ms;
	record->ended_ms = started_ms + 20;
	return record;
}

static void rejected(struct call_record *record)
{
	struct verdict verdict = {
		.action = VERDICT_REJECT,
		.treatment = VERDICT_REJECT,
		.thresholds.reject_at = 100,
		.list_generation = 5,
		.config_version = 2,
		.decide_us = 1234,
	};
	struct signal_hit hit = {.name = "blocklist", .points = 100, .row = 17};

	strcpy(hit.detail, "matches \"+1900*\" (source ftc), row 17");
	verdict_add(&verdict, &hit);
	hit = (struct signal_hit){.name = "reputation",
				  .outcome = SIGNAL_UNAVAILABLE};
	strcpy(hit.detail, "no answer in time; left out");
	verdict_add(&verdict, &hit);
	record->verdict = verdict_dup(&verdict);
	record->status = 607;
	record->phrase = strdup("Unwanted");
	record->ended_by = "callsieve";
}

static void bridged(struct call_record *record, enum verdict_basis basis)
{
	struct verdict verdict = {.thresholds.reject_at = 100, .basis = basis};

	record->verdict = verdict_dup(&verdict);
	record->gateway = strdup("core");
	record->call_id_out = strdup("out-call-id");
	record->redirected_to = strdup("sip:moved@192.0.2.9");
	record->status = 200;
	record->phrase = strdup("OK");
	record->ended_by = "callee";
	record->answered_ms = record->started_ms + 1000;
	record->ended_ms = record->started_ms + 3500;
}

static void save(struct call_record *record)
{
	struct store *store = open_store();
	struct calls *calls;

	ck_assert_int_eq(calls_new(&calls, 10, 0), 0);
	calls_put(calls, record);
	ck_assert_int_eq(calls_flush(store, calls), 0);
	calls_free(calls);
	store_close(store);
}

static void save_rejected(void)
{
	struct call_record *record =
		record_new("abcdefgh12345678", "in@carrier", 1900000000000);

	rejected(record);
	save(record);
}

static void save_bridged(enum verdict_basis basis)
{
	struct call_record *record =
		record_new("zyxwvuts87654321", "two@carrier", 1900000001000);

	bridged(record, basis);
	save(record);
}

static void check_words(const char *const *words)
{
	const char *at = run.out;

	for (; *words; words++) {
		at = strstr(at, *words);
		ck_assert_msg(at, "no \"%s\" behind the one before it in:\n%s",
			      *words, run.out);
	}
}

static const char *const names[] = {"abcdefgh12345678", "in@carrier"};

START_TEST(explain_tells_why_a_call_was_rejected)
{
	static const char *const words[] = {
		"call abcdefgh12345678",
		"+19005550123",
		"sip:+19005550123@carrier.example",
		"+12025550199",
		"carrier",
		"192.0.2.1:5060",
		"in@carrier",
		"decision  rejected with 607 Unwanted",
		"why       score 100 (trunk carrier: reject from 100)",
		"+100  blocklist",
		"matches \"+1900*\" (source ftc), row 17",
		"-  reputation",
		"no answer in time; left out",
		"INSERT INTO allowlist(number) VALUES('+19005550123');",
		"SELECT subscriber, '+19005550123', 'allow' FROM "
		"subscriber_numbers WHERE number = '+12025550199';",
		"without blocklist alone it is let through: DELETE FROM "
		"blocklist WHERE id = 17;  (for all whom it matches)",
		"look at   callsieve calls --caller +19005550123",
		"callsieve list blame +19005550123",
		"in 1.234 ms, by list generation 5 and configuration 2",
		"607 Unwanted, ended by callsieve",
		NULL,
	};
	char arguments[64];

	save_rejected();
	snprintf(arguments, sizeof(arguments), "explain %s", names[_i]);
	with_database(arguments, 0);
	check_words(words);
}
END_TEST

START_TEST(explain_tells_of_an_answered_call)
{
	static const char *const words[] = {
		"core",
		"out-call-id",
		"decision  let through",
		"why       score 0 (trunk carrier: reject from 100)",
		"nothing speaks against this caller",
		"to change 100 points more: it is rejected",
		"redirected to sip:moved@192.0.2.9",
		"200 OK, answered, 2.5 s long, ended by callee",
		NULL,
	};

	save_bridged(BASIS_SCORE);
	/* Found by the Call-ID towards the gateway, too. */
	with_database("explain out-call-id", 0);
	check_words(words);
}
END_TEST

static const struct {
	enum verdict_basis basis;
	const char *words;
} bases[] = {
	{BASIS_ALLOWLIST, "why       the caller is on the allow list"},
	{BASIS_EMERGENCY, "why       emergency calls always pass"},
	{BASIS_PRIORITY, "why       calls of trusted precedence always pass"},
	{BASIS_TAKEOVER, "why       it goes to a party of a call in progress"},
	{BASIS_PSAP,
	 "why       an emergency desk that calls back always passes"},
	{BASIS_UNSCREENED, "why       calls of this trunk are not screened"},
};

START_TEST(explain_tells_what_ended_the_matter)
{
	save_bridged(bases[_i].basis);
	with_database("explain zyxwvuts87654321", 0);
	ck_assert_ptr_nonnull(strstr(run.out, bases[_i].words));
}
END_TEST

static const char *const given[] = {
	"https://redress.example/r/zyxwvuts87654321",
	"https://redress.example/r/zyxwvuts87654321.jws",
	"'<https://redress.example/zyxwvuts87654321.jws>;purpose=jwscard'",
	("'Reason: SIP;cause=603;text=\"v=analytics1;"
	 "url=https://redress.example/r;id=zyxwvuts87654321\";location=RLN'"),
	"'v=analytics1;url=https://redress.example;id=zyxwvuts87654321'",
};

START_TEST(explain_takes_what_the_caller_was_given)
{
	char line[256];

	save_bridged(BASIS_SCORE);
	snprintf(line, sizeof(line), "explain %s", given[_i]);
	with_database(line, 0);
	ck_assert_ptr_nonnull(strstr(run.out, "call zyxwvuts87654321"));
	snprintf(line, sizeof(line), "explain https:///");
	with_database(line, 1);
}
END_TEST

START_TEST(explain_tells_of_a_call_never_judged)
{
	struct call_record *record =
		record_new("zyxwvuts87654321", "two@carrier", 1900000001000);

	record->status = 503;
	save(record);
	with_database("explain two@carrier", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "decision  none"));
	ck_assert_ptr_nonnull(strstr(run.out, "outcome   503"));
}
END_TEST

START_TEST(explain_json_is_what_was_recorded)
{
	json_t *explanation;
	const char *action;

	save_rejected();
	with_database("explain --json in@carrier", 0);
	explanation = json_loads(run.out, 0, NULL);
	ck_assert_msg(explanation, "%s", run.out);
	action = json_string_value(json_object_get(explanation, "action"));
	ck_assert_str_eq(action, "reject");
	ck_assert_int_eq(
		json_integer_value(json_object_get(explanation, "score")), 100);
	json_decref(explanation);
}
END_TEST

START_TEST(explain_says_when_there_is_no_such_call)
{
	save_rejected();
	with_database("explain nobody@nowhere", 1);
	ck_assert_str_eq(run.out, "");
	ck_assert_ptr_nonnull(strstr(run.err, "No call \"nobody@nowhere\""));
}
END_TEST

/* The first letter of the code, and one letter less. */
static const char *const changed[] = {"0", ""};

START_TEST(redress_id_is_told_from_one_made_up)
{
	char id[REDRESS_ID_SIZE], line[128];
	struct redress *redress;
	struct store *store;
	struct loop *loop;

	save_rejected();
	ck_assert_int_eq(loop_new(&loop), 0);
	ck_assert_int_eq(redress_new(&redress, loop), 0);
	store = open_store();
	ck_assert_int_eq(redress_refresh(store, redress), 0);
	store_close(store);

	redress_id(redress, id, "abcdefgh12345678");
	snprintf(line, sizeof(line), "explain %s", id);
	with_database(line, 0);
	ck_assert_ptr_nonnull(strstr(run.out, "call abcdefgh12345678"));
	/* As somebody reads it out. */
	for (char *c = line + strlen("explain "); *c; c++)
		*c = (char)toupper((unsigned char)*c);
	with_database(line, 0);

	snprintf(line, sizeof(line), "explain %.17s%s%s", id,
		 id[17] == '0' && *changed[_i] ? "1" : changed[_i], id + 18);
	with_database(line, 1);
	ck_assert_str_eq(run.out, "");
	ck_assert_ptr_nonnull(strstr(run.err, "is none of ours"));

	redress_id(redress, id, "0000000000000000");
	snprintf(line, sizeof(line), "explain %s", id);
	with_database(line, 1);
	ck_assert_ptr_nonnull(strstr(run.err,
				     "is one of ours, but the call "
				     "0000000000000000 is not recorded"));
	redress_free(redress);
	loop_free(loop);
}
END_TEST

START_TEST(a_call_id_used_twice_is_told_twice)
{
	struct call_record *record;

	save_rejected();
	record = record_new("zyxwvuts87654321", "in@carrier", 1900000001000);
	bridged(record, BASIS_SCORE);
	save(record);
	with_database("explain in@carrier", 0);
	check_words((const char *const[]){"call zyxwvuts87654321",
					  "call abcdefgh12345678", NULL});
}
END_TEST

START_TEST(nothing_in_the_database_can_steer_the_terminal)
{
	static const char *const commands[] = {"explain abcdefgh12345678",
					       "calls", "token list"};
	struct store *store;
	size_t i;

	save_rejected();
	with_database("token new ann", 0);
	/* Escape, the C1 escape, and a byte that is no UTF-8. */
	store = open_store();
	ck_assert_int_eq(
		store_exec(store,
			   "UPDATE calls SET phrase = 'x' || char(27) || 'y', "
			   "caller = char(155) || 'z', "
			   "trunk = CAST(x'9b41' AS TEXT);"
			   "UPDATE subscribers SET name = char(27) || 'n'"),
		0);
	store_close(store);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		with_database(commands[i], 0);
		ck_assert_ptr_null(strchr(run.out, '\x1b'));
		ck_assert_ptr_null(strstr(run.out, "\xc2\x9b"));
		ck_assert_ptr_null(strchr(run.out, '\x9b'));
	}
	with_database("explain abcdefgh12345678", 0);
	check_words((const char *const[]){"?z", "?A", "x?y", NULL});
}
END_TEST

START_TEST(calls_lists_the_newest_first)
{
	save_rejected();
	save_bridged(BASIS_SCORE);
	with_database("calls", 0);
	check_words((const char *const[]){
		"CALL", "zyxwvuts87654321", "+19005550123", "+12025550199",
		"carrier", "allow", "0", "200", "abcdefgh12345678", "reject",
		"100", "607", NULL});
	with_database("calls --caller '1 (900) 555-0123'", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "abcdefgh12345678"));
	with_database("calls --caller +19005550124", 0);
	ck_assert_ptr_null(strstr(run.out, "abcdefgh12345678"));
	with_database("calls --caller nobody", 1);
	with_database("calls -n 1", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "zyxwvuts87654321"));
	ck_assert_ptr_null(strstr(run.out, "abcdefgh12345678"));
}
END_TEST

START_TEST(status_of_a_database_no_daemon_used)
{
	with_database("token new ann", 0);
	with_database("status", 0);
	check_words((const char *const[]){"never used this database",
					  "block list", "0", "subscribers", "1",
					  NULL});
}
END_TEST

START_TEST(status_tells_what_was_loaded)
{
	struct store *store = open_store();
	struct lists *lists;

	ck_assert_int_eq(store_exec(store,
				    "INSERT INTO blocklist(number) VALUES"
				    "('+12025550123'), ('+1900*')"),
			 0);
	ck_assert_int_eq(lists_new(&lists, NULL), 0);
	ck_assert_int_eq(lists_refresh(store, lists), 0);
	save_rejected();
	with_database("status", 0);
	check_words((const char *const[]){
		"callsieved", CALLSIEVE_VERSION, "lists loaded",
		"generation 1, 2 entries, loaded just now in ", " ms\n",
		"last record", "block list      2\n", "calls recorded  1\n",
		NULL});
	ck_assert_int_eq(
		store_exec(store,
			   "INSERT INTO blocklist(number) VALUES('+4420*')"),
		0);
	with_database("status", 0);
	ck_assert_ptr_nonnull(strstr(run.out, "edited since, not loaded yet"));
	lists_free(lists);
	store_close(store);
}
END_TEST

Suite *records_suite(void)
{
	Suite *suite = suite_create("records");
	TCase *tests = tcase_create("records");

	tcase_add_checked_fixture(tests, run_setup, run_teardown);
	tcase_add_loop_test(tests, explain_tells_why_a_call_was_rejected, 0,
			    sizeof(names) / sizeof(*names));
	tcase_add_test(tests, explain_tells_of_an_answered_call);
	tcase_add_loop_test(tests, explain_takes_what_the_caller_was_given, 0,
			    sizeof(given) / sizeof(*given));
	tcase_add_loop_test(tests, explain_tells_what_ended_the_matter, 0,
			    sizeof(bases) / sizeof(*bases));
	tcase_add_test(tests, explain_tells_of_a_call_never_judged);
	tcase_add_test(tests, explain_json_is_what_was_recorded);
	tcase_add_test(tests, explain_says_when_there_is_no_such_call);
	tcase_add_loop_test(tests, redress_id_is_told_from_one_made_up, 0, 2);
	tcase_add_test(tests, a_call_id_used_twice_is_told_twice);
	tcase_add_test(tests, nothing_in_the_database_can_steer_the_terminal);
	tcase_add_test(tests, calls_lists_the_newest_first);
	tcase_add_test(tests, status_of_a_database_no_daemon_used);
	tcase_add_test(tests, status_tells_what_was_loaded);
	suite_add_tcase(suite, tests);
	return suite;
}
