/* What a trunk of our own subscribers tells: whom they dial is let through to
 * them. */
#include <stdio.h>
#include <string.h>

#include "call/scene.h"
#include "call/suites.h"

#define BLOCKED "+12125550144"
#define OTHER	"+13035550188"

/* Our subscribers call from where theirs are taken to. */
static void open_house(struct scene *scene)
{
	char sections[500];
	struct scene_options options = {.sections = sections};

	scene_init(scene, &options);
	snprintf(sections, sizeof(sections),
		 "trunk house {\n\tsources = {\"%s\"}\n\troute = \"away\"\n"
		 "\tscreen = no\n\toutbound = yes\n}\n"
		 "gateway carrier {\n\turi = \"sip:%s:%u;transport=udp\"\n"
		 "\toptions_interval_s = 0\n}\n"
		 "route away {\n\tgateways = {\"carrier\"}\n}\n",
		 scene->callee.address, scene->caller.host, scene->caller.port);
	scene_configure(scene, &options);
	daemon_start(&scene->daemon);
	scene_block(scene, BLOCKED, 100);
}

/* The subscriber whose number is CALLEE does. */
static void dials(struct scene *scene, const char *number)
{
	struct call call;

	dialog_init(&call.caller, &scene->callee, CALLEE, number);
	dialog_send(&call.caller, "INVITE", PARTS(.body = OFFER));
	call_reaches(&call, &scene->caller);
	call_refuse(&call, 486);
}

static void expect_refused(struct scene *scene, const char *callee)
{
	struct call call;

	call_begin(&call, scene, BLOCKED, callee, NULL);
	dialog_expect_failure(&call.caller, 607);
}

/* Who was dialled; and after an emergency whoever calls may be the ambulance.
 */
static const char *const dialled[] = {"212-555-0144", "911"};

START_TEST(subscribers_are_called_back)
{
	struct scene scene;

	open_house(&scene);
	expect_refused(&scene, CALLEE);
	dials(&scene, "2015550177"); /* somebody else: that says nothing */
	expect_refused(&scene, CALLEE);
	dials(&scene, dialled[_i]);
	expect_bridged(&scene, BLOCKED);
	expect_refused(&scene, OTHER);
	scene_close(&scene);
}
END_TEST

Suite *dialled_suite(void)
{
	Suite *suite = suite_create("dialled");
	TCase *tests = scene_tcase(suite, "dialled");

	tcase_add_loop_test(tests, subscribers_are_called_back, 0,
			    sizeof(dialled) / sizeof(dialled[0]));
	return suite;
}
