/* Transfers: a dialog named in a header reaches each side by the name that
 * side knows (RFC 3891, 3911, 4538, 5589). */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "call/scene.h"
#include "call/suites.h"

#define TARGET "sip:" CALLEE "@192.0.2.9"

/* A dialog as Replaces names it. */
struct name {
	char call_id[192];
	char to[96], from[96];
};

static struct name name_of(const struct dialog *dialog, const char *to,
			   const char *from)
{
	struct name name;

	snprintf(name.call_id, sizeof(name.call_id), "%s", dialog->call_id);
	value_param(name.to, sizeof(name.to), to, "tag");
	value_param(name.from, sizeof(name.from), from, "tag");
	return name;
}

/* As its owner names it to others, for the party at the other end. */
static struct name far_end(const struct dialog *dialog)
{
	return name_of(dialog, dialog->remote, dialog->local);
}

/* As its owner must be told of it. */
static struct name near_end(const struct dialog *dialog)
{
	return name_of(dialog, dialog->local, dialog->remote);
}

/* `format` has %s for Call-ID, to-tag and from-tag, in this order. */
static const char *print(char buf[640], const char *format, struct name name)
	__attribute__((format(printf, 2, 0)));

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static const char *print(char buf[640], const char *format, struct name name)
{
	snprintf(buf, 640, format, name.call_id, name.to, name.from);
	return buf;
}
#pragma GCC diagnostic pop

/* As in a URI: RFC 3261 25.1, hnv-unreserved. */
static const char *escape(char buf[1024], const char *text)
{
	size_t len = 0;

	for (; *text && len < 1000; text++) {
		if (strchr("@;= ", *text))
			len += (size_t)sprintf(buf + len, "%%%02X", *text);
		else
			buf[len++] = *text;
	}
	buf[len] = '\0';
	return buf;
}

#define PLAIN "%s;to-tag=%s;from-tag=%s"

static const char *refer_to(char buf[1200], const char *format,
			    struct name name)
{
	char text[640], escaped[1024];

	snprintf(buf, 1200, "<" TARGET "?Replaces=%s&Require=replaces>",
		 escape(escaped, print(text, format, name)));
	return buf;
}

/* Two calls, so that a party of both can transfer one to the other. */
struct pair {
	struct scene scene;
	struct call first, second;
};

static void pair_open(struct pair *pair, const struct scene_options *options)
{
	scene_open(&pair->scene, options);
	call_establish(&pair->first, &pair->scene);
	call_establish(&pair->second, &pair->scene);
}

static void pair_close(struct pair *pair)
{
	call_hang_up(&pair->first);
	call_hang_up(&pair->second);
	scene_close(&pair->scene);
}

/* A REFER with this Refer-To; what it became on the other side. It is
 * declined, so nothing follows. */
static const char *referred(struct way on, const char *value)
{
	const struct message *message;
	char lines[1300];

	snprintf(lines, sizeof(lines), "Refer-To: %s\r\nRefer-Sub: false\r\n",
		 value);
	dialog_send(on.from, "REFER", PARTS(.headers = lines));
	message = dialog_expect_request(on.to, "REFER");
	dialog_reply(on.to, message, 603, NULL);
	dialog_expect(on.from, 603, "REFER");
	claim_text(message_header(message, "Refer-Sub", 0), "false");
	return message_header(message, "Refer-To", 0);
}

/* check 43 */
START_TEST(refer_names_a_call_as_the_target_of_the_transfer_knows_it)
{
	struct pair pair;
	struct way second;
	char sent[1200], expected[1200];

	pair_open(&pair, NULL);
	second = way(&pair.second, _i);
	claim_text(referred(way(&pair.first, _i),
			    refer_to(sent, PLAIN, far_end(second.from))),
		   refer_to(expected, PLAIN, near_end(second.to)));
	pair_close(&pair);
}
END_TEST

/* Order, spelling and what else there is stay the sender's. */
static const char *const spellings[] = {
	"%s;to-tag=%s;from-tag=%s;early-only",
	"%s;early-only;x=y;to-tag=%s;z;from-tag=%s",
	"%s;TO-TAG=%s;From-Tag=%s",
	"%s ; to-tag = %s ; from-tag = %s ; q=a",
};

#define SPELLINGS (sizeof(spellings) / sizeof(*spellings))

START_TEST(refer_keeps_the_rest_of_what_it_names)
{
	struct pair pair;
	char sent[1200], expected[1200];

	pair_open(&pair, NULL);
	claim_text(referred(way(&pair.first, false),
			    refer_to(sent, spellings[_i],
				     far_end(&pair.second.caller))),
		   refer_to(expected, spellings[_i],
			    near_end(&pair.second.callee)));
	pair_close(&pair);
}
END_TEST

START_TEST(tags_may_come_in_any_order)
{
	struct pair pair;
	struct name name;
	char sent[1200], expected[1200], text[96];

	pair_open(&pair, NULL);
	name = far_end(&pair.second.caller);
	snprintf(text, sizeof(text), "%s", name.to);
	memcpy(name.to, name.from, sizeof(name.to));
	memcpy(name.from, text, sizeof(text));
	refer_to(sent, "%s;from-tag=%s;to-tag=%s", name);
	name = near_end(&pair.second.callee);
	snprintf(text, sizeof(text), "%s", name.to);
	memcpy(name.to, name.from, sizeof(name.to));
	memcpy(name.from, text, sizeof(text));
	claim_text(referred(way(&pair.first, false), sent),
		   refer_to(expected, "%s;from-tag=%s;to-tag=%s", name));
	pair_close(&pair);
}
END_TEST

/* Neither name is ours to change: those of other people's calls, what is not
 * well-formed, and what the one who is meant knows already. */
START_TEST(refer_leaves_other_names_alone)
{
	static const char *const others[] = {
		"<" TARGET ">",
		"\"C\" <" TARGET ";x=1?Subject=a%26b&Replaces=c%40h%3Bto-tag%3D"
		"1%3Bfrom-tag%3D2>;p=\"q\"",
		"<" TARGET "?replaces=c%40h%3bto-tag%3d1%3bfrom-tag%3d2>",
		"<" TARGET "?Replaces=c%40h%3Bto-tag%3D1>",
		"<" TARGET "?Replaces=c%00h%3Bto-tag%3D1%3Bfrom-tag%3D2>",
		"<" TARGET
		"?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2%0D%0AX-In%3A"
		"%20jected>",
		"<" TARGET "?Replaces>",
		"<" TARGET "?Replaces=&&=>",
		"<tel:" CALLEE ">",
	};
	struct pair pair;
	struct way on;
	char sent[1200];

	pair_open(&pair, NULL);
	on = way(&pair.first, _i);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		claim_text(referred(on, others[i]), others[i]);
	refer_to(sent, PLAIN, near_end(way(&pair.second, _i).from));
	claim_text(referred(on, sent), sent);
	pair_close(&pair);
}
END_TEST

START_TEST(refer_cannot_smuggle_a_header_in)
{
	struct pair pair;
	char sent[1200], text[640], escaped[1024];
	const char *value;

	pair_open(&pair, NULL);
	snprintf(sent, sizeof(sent),
		 "<" TARGET "?Replaces=%s%%0D%%0AX-Injected%%3A%%20yes>",
		 escape(escaped,
			print(text, PLAIN, far_end(&pair.second.caller))));
	value = referred(way(&pair.first, false), sent);
	claim_text(value, sent);
	pair_close(&pair);
}
END_TEST

/* check 42; the call that carries the REFER is none the worse. */
START_TEST(call_of_ours_that_is_over_gets_481)
{
	struct pair pair;
	struct dialog late;
	struct name names[2];
	char value[1200], lines[1300], text[640];

	pair_open(&pair, NULL);
	names[0] = far_end(&pair.second.caller);
	names[1] = near_end(&pair.second.callee);
	call_hang_up(&pair.second);
	daemon_await_metric_equal(&pair.scene.daemon, "callsieve_calls", 1,
				  1000);
	for (int i = 0; i < 2; i++) {
		snprintf(lines, sizeof(lines), "Refer-To: %s\r\n",
			 refer_to(value, PLAIN, names[i]));
		dialog_send(&pair.first.caller, "REFER",
			    PARTS(.headers = lines));
		dialog_expect(&pair.first.caller, 481, "REFER");
		dialog_init(&late, &pair.scene.caller, CALLER, CALLEE);
		snprintf(lines, sizeof(lines), "Replaces: %s\r\n",
			 print(text, PLAIN, names[i]));
		dialog_send(&late, "INVITE",
			    PARTS(.headers = lines, .body = OFFER));
		dialog_expect_failure(&late, 481);
	}
	call_hang_up(&pair.first);
	scene_close(&pair.scene);
}
END_TEST

/* A new call whose INVITE has this line; what it became at the callee. */
static const char *arrived(struct scene *scene, const char *header,
			   const char *value)
{
	struct call call;
	char lines[800];
	const char *name;

	snprintf(lines, sizeof(lines),
		 "%s: %s\r\nSupported: replaces, join, tdialog\r\n", header,
		 value);
	call_place(&call, scene, PARTS(.headers = lines, .body = OFFER));
	claim_text(message_header(call.invite, "Supported", 0),
		   "replaces, join, tdialog");
	name = message_header(call.invite, header, 0);
	call_refuse(&call, 486);
	return name;
}

/* check 41 */
START_TEST(invite_names_the_call_as_the_callee_knows_it)
{
	static const struct {
		const char *header, *format;
	} cases[] = {
		{"Replaces", PLAIN},
		{"Replaces", "%s;to-tag=%s;from-tag=%s;early-only"},
		{"Replaces", "%s;a=\"b;c\";to-tag=%s;from-tag=%s"},
		{"Join", PLAIN},
		{"Join", "%s;x;to-tag=%s;from-tag=%s"},
		{"Target-Dialog", "%s;local-tag=%s;remote-tag=%s"},
	};
	struct scene scene;
	struct call call;
	char sent[640], expected[640];

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		print(sent, cases[i].format, far_end(&call.caller));
		print(expected, cases[i].format, near_end(&call.callee));
		claim_text(arrived(&scene, cases[i].header, sent), expected);
		/* What a REFER past us may have told already. */
		claim_text(arrived(&scene, cases[i].header, expected),
			   expected);
	}
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

START_TEST(invite_leaves_other_names_alone)
{
	static const char *const others[] = {
		"c@192.0.2.1;to-tag=1;from-tag=2",
		"c@192.0.2.1 ;to-tag=1;  from-tag=2;early-only",
		"c;to-tag=1;from-tag=2;\tx=\"a;b\"",
	};
	static const char *const headers[] = {"Replaces", "Join",
					      "Target-Dialog"};
	struct scene scene;

	scene_open(&scene, NULL);
	for (int k = 0; k < 3; k++)
		for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
			claim_text(arrived(&scene, headers[k], others[i]),
				   others[i]);
	scene_close(&scene);
}
END_TEST

START_TEST(invite_may_require_replaces)
{
	struct scene scene;
	struct call call, taking;
	char lines[800], text[640];

	scene_open(&scene, NULL);
	call_establish(&call, &scene);
	snprintf(lines, sizeof(lines), "Require: replaces\r\nReplaces: %s\r\n",
		 print(text, PLAIN, far_end(&call.caller)));
	call_place(&taking, &scene, PARTS(.headers = lines, .body = OFFER));
	claim_text(message_header(taking.invite, "Require", 0), "replaces");
	claim_text(message_header(taking.invite, "Replaces", 0),
		   print(text, PLAIN, near_end(&call.callee)));
	call_refuse(&taking, 486);
	call_hang_up(&call);
	scene_close(&scene);
}
END_TEST

Suite *transfer_suite(void)
{
	Suite *suite = suite_create("transfer");
	TCase *tests = scene_tcase(suite, "transfer");

	tcase_add_loop_test(
		tests,
		refer_names_a_call_as_the_target_of_the_transfer_knows_it, 0,
		2);
	tcase_add_loop_test(tests, refer_keeps_the_rest_of_what_it_names, 0,
			    SPELLINGS);
	tcase_add_test(tests, tags_may_come_in_any_order);
	tcase_add_loop_test(tests, refer_leaves_other_names_alone, 0, 2);
	tcase_add_test(tests, refer_cannot_smuggle_a_header_in);
	tcase_add_test(tests, call_of_ours_that_is_over_gets_481);
	tcase_add_test(tests, invite_names_the_call_as_the_callee_knows_it);
	tcase_add_test(tests, invite_leaves_other_names_alone);
	tcase_add_test(tests, invite_may_require_replaces);
	return suite;
}
