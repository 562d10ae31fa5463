#include "callsieve/core/config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/buf.h"

#include "suites.h"

#define CASES "tests/data/config"

static const char minimal[] = "listen a { address = '127.0.0.1' }\n"
			      "gateway g { uri = 'sip:127.0.0.1:5080' }\n"
			      "route r { gateways = {g} }\n"
			      "trunk t { sources = {'127.0.0.1'} route = r }\n";

#define TRUNK_U(options)                                                       \
	"trunk u { sources = {'127.0.0.2'} route = r " options " }\n"

static struct buf errors;

static void setup(void)
{
	buf_init(&errors, 65536);
}

static void teardown(void)
{
	buf_fini(&errors);
}

static const char *reported(void)
{
	return errors.len ? errors.data : "";
}

/* The minimal configuration and what `more` adds to it. */
static struct config *parse_with(const char *more)
{
	struct config *config = NULL;
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", minimal, more);
	config_parse(&config, "input", text, &errors);
	ck_assert_msg(config, "%s", reported());
	return config;
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	if (getdelim(&text, &size, '\0', file) < 0)
		text[0] = '\0';
	fclose(file);
	return text;
}

/* A folder of tests/data/config is a case: `input`, and in `expected` the
 * errors it leads to, if any. */
static void check_case(const char *name)
{
	struct config *config = NULL;
	char path[300];
	char *input, *expected;
	int err;

	snprintf(path, sizeof(path), CASES "/%s/input", name);
	input = read_text(path);
	ck_assert_msg(input, "%s", path);
	snprintf(path, sizeof(path), CASES "/%s/expected", name);
	expected = read_text(path);

	buf_fini(&errors);
	err = config_parse(&config, "input", input, &errors);
	ck_assert_msg(!strcmp(reported(), expected ? expected : ""),
		      "%s: got\n%s", name, reported());
	ck_assert_int_eq(err != 0, expected != NULL);
	config_free(config);
	free(expected);
	free(input);
}

START_TEST(errors_are_those_expected)
{
	DIR *dir = opendir(CASES);
	struct dirent *entry;
	int count = 0;

	ck_assert_msg(dir, "%s: to be run from the top folder", CASES);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		check_case(entry->d_name);
		count++;
	}
	closedir(dir);
	ck_assert_int_gt(count, 50);
}
END_TEST

START_TEST(defaults_are_filled_in)
{
	struct config *config = parse_with("");

	ck_assert_str_eq(config->path, "input");
	ck_assert_uint_eq(config->listens[0].port, 5060);
	ck_assert(config->listens[0].transports[TRANSPORT_UDP]);
	ck_assert(config->listens[0].transports[TRANSPORT_TCP]);
	ck_assert_int_eq(config->trunks[0].identity, IDENTITY_PAI);
	ck_assert_str_eq(config->trunks[0].country, "1");
	ck_assert(config->trunks[0].screen);
	ck_assert_int_eq(config->trunks[0].reject_at, 100);
	ck_assert_uint_eq(config->trunks[0].limits.max_calls, 0);
	ck_assert_int_eq(config->gateways[0].transport, TRANSPORT_UDP);
	ck_assert_uint_eq(config->gateways[0].port, 5080);
	ck_assert_ptr_null(config->gateways[0].domain);
	ck_assert_uint_eq(config->dns.servers_count, 0);
	ck_assert_uint_eq(config->dns.ttl_min_s, 10);
	ck_assert_uint_eq(config->dns.ttl_max_s, 3600);
	ck_assert_uint_eq(config->gateways[0].options_interval_s, 30);
	ck_assert_uint_eq(config->gateways[0].answer_ms, 2000);
	ck_assert_uint_eq(config->gateways[0].down_after, 2);
	ck_assert_uint_eq(config->gateways[0].up_after, 2);
	ck_assert_uint_eq(config->gateways[0].max_unanswered, 10);
	ck_assert_ptr_null(config->gateways[0].listen);
	ck_assert_uint_eq(config->routes[0].max_attempts, 3);
	ck_assert(config_fails_over(&config->routes[0], 503));
	ck_assert(!config_fails_over(&config->routes[0], 500));
	ck_assert(config->gateways[0].trusted);
	ck_assert(!config->gateways[0].call_id_header);
	ck_assert_int_eq(config->trunks[0].refer, REFER_PASS);
	ck_assert_int_eq(config->gateways[0].refer, REFER_PASS);
	ck_assert_uint_eq(config->listens[0].tls_port, 5061);
	ck_assert_ptr_null(config->listens[0].certificate);
	ck_assert_uint_eq(config->limits.max_calls, 50000);
	ck_assert_uint_eq(config->limits.max_setup, 2000);
	ck_assert_uint_eq(config->limits.max_unacked, 2000);
	ck_assert_uint_eq(config->limits.max_calls_per_s, 0);
	ck_assert_uint_eq(config->callee_burst, 0);
	ck_assert_uint_eq(config->callee_window_s, 10);
	ck_assert_uint_eq(config->max_loop_lag_ms, 200);
	ck_assert_uint_eq(config->timer_c_s, 185);
	ck_assert_uint_eq(config->min_se_s, 90);
	ck_assert_uint_eq(config->max_call_s, 0);
	ck_assert(!config->silent_unknown && !config->trace);
	ck_assert_uint_eq(config->screening.emergency_count, 3);
	ck_assert_str_eq(config->screening.emergency[2], "999");
	ck_assert_uint_eq(config->screening.psaps_count, 0);
	ck_assert_str_eq(config->screening.brands[2], " fraud department ");
	ck_assert_uint_eq(config->trunks[0].priority_namespaces,
			  1u << NAMESPACE_ETS | 1u << NAMESPACE_WPS);
	ck_assert_str_eq(config->database, "callsieve.db");
	ck_assert_int_eq(config->log_level, LOG_LEVEL_INFO);
	ck_assert_int_eq(config->log_format, LOG_FORMAT_TEXT);
	config_free(config);
}
END_TEST

/* What is put off by default: what is nearly rejected, unless a challenge
 * comes first. */
static const struct {
	const char *more;
	int greylist_at[2];
} puts_off[] = {
	{TRUNK_U(""), {75, 75}},
	{TRUNK_U("reject_at = 250"), {75, 225}},
	{TRUNK_U("reject_at = 60"), {75, 35}},
	{TRUNK_U("reject_at = 20"), {75, 0}},
	{TRUNK_U("reject_at = 0"), {75, 0}},
	{TRUNK_U("greylist_at = 60 reject_at = 80"), {75, 60}},
	{TRUNK_U("") "screening { reject_at = 90 }\n", {65, 65}},
	{TRUNK_U("reject_at = 250") "screening { greylist_at = 77 }\n",
	 {77, 77}},
	{TRUNK_U("challenge_at = 75") "challenge { uri = "
				      "'sip:{token}@192.0.2.1' }\n",
	 {75, 0}},
};

START_TEST(calls_nearly_rejected_are_put_off)
{
	struct config *config = parse_with(puts_off[_i].more);

	ck_assert_int_eq(config->trunks[0].greylist_at,
			 puts_off[_i].greylist_at[0]);
	ck_assert_int_eq(config->trunks[1].greylist_at,
			 puts_off[_i].greylist_at[1]);
	config_free(config);
}
END_TEST

START_TEST(tls_reaches_its_fields)
{
	struct config *config = parse_with(
		"listen b { address = '::1' transports = {tls} tls_port = 7\n"
		"  certificate = 'c' key = 'k' client_ca = 'ca'\n"
		"  client_certificate = required }\n"
		"trunk u { sources = '::1' route = r tls_subjects = {x, y} }\n"
		"gateway h { uri = 'sip:[::1];transport=tls' tls_ca = 'ca'\n"
		"  tls_name = n }\n");
	const struct config_listen *listen = &config->listens[1];

	ck_assert(listen->transports[TRANSPORT_TLS]);
	ck_assert(!listen->transports[TRANSPORT_TCP]);
	ck_assert_uint_eq(listen->tls_port, 7);
	ck_assert_str_eq(listen->certificate, "c");
	ck_assert_str_eq(listen->key, "k");
	ck_assert_str_eq(listen->client_ca, "ca");
	ck_assert_int_eq(listen->client_certificate,
			 CLIENT_CERTIFICATE_REQUIRED);
	ck_assert_uint_eq(config->trunks[1].tls_subjects_count, 2);
	ck_assert_str_eq(config->trunks[1].tls_subjects[1], "y");
	ck_assert_int_eq(config->gateways[1].transport, TRANSPORT_TLS);
	ck_assert_uint_eq(config->gateways[1].port, 5061);
	ck_assert_str_eq(config->gateways[1].tls_ca, "ca");
	ck_assert_str_eq(config->gateways[1].tls_name, "n");
	config_free(config);
}
END_TEST

START_TEST(reputations_have_names_or_one_has_none)
{
	struct config *config =
		parse_with("reputation b { url = 'http://h/{e164}' }\n"
			   "reputation /* none */\n{ url = 'http://i/{e164}' }\n"
			   "reputation c-1{ url = 'http://j/{e164}' }\n"
			   "log { level = debug }\n");

	ck_assert_uint_eq(config->reputations_count, 3);
	ck_assert_str_eq(config->reputations[0].name, "b");
	ck_assert_str_eq(config->reputations[1].name, "");
	ck_assert_str_eq(config->reputations[1].url, "http://i/{e164}");
	ck_assert_str_eq(config->reputations[2].name, "c-1");
	ck_assert_int_eq(config->log_level, LOG_LEVEL_DEBUG);
	config_free(config);
}
END_TEST

START_TEST(reputation_and_api_are_there_only_if_given)
{
	struct config *config = parse_with("");

	ck_assert_uint_eq(config->reputations_count, 0);
	ck_assert_ptr_null(config->api.address);
	config_free(config);

	config = parse_with("reputation { url = 'http://[::1]/{e164}' }\n"
			    "api { }\n");
	ck_assert_str_eq(config->reputations[0].url, "http://[::1]/{e164}");
	ck_assert_str_eq(config->reputations[0].score, "/score");
	ck_assert_double_eq(config->reputations[0].score_max, 100);
	ck_assert_uint_eq(config->reputations[0].deadline_ms, 300);
	ck_assert_uint_eq(config->reputations[0].cache_entries, 100000);
	ck_assert_str_eq(config->api.address, "127.0.0.1");
	ck_assert_uint_eq(config->api.port, 8080);
	ck_assert_uint_eq(config->api.requests_per_minute, 60);
	config_free(config);
}
END_TEST

static void check_hop(const struct config_route *route, size_t i,
		      size_t gateway, unsigned priority, unsigned weight)
{
	ck_assert_uint_lt(i, route->hops_count);
	ck_assert_uint_eq(route->hops[i].gateway, gateway);
	ck_assert_uint_eq(route->hops[i].priority, priority);
	ck_assert_uint_eq(route->hops[i].weight, weight);
}

START_TEST(values_reach_their_fields)
{
	struct config *config = parse_with(
		"listen b { address = '[::1]' port = 65535 transports = tcp }\n"
		"trunk u { sources = {'10.0.0.0/8', '::1'} route = r\n"
		"  identity = from country = 44 screen = off reject_at = 7 refer = 603\n"
		"  max_calls = 1 max_setup = 2 max_unacked = 3 }\n"
		"gateway h { uri = 'sip:[::1];transport=tcp' listen = b\n"
		"  options_interval_s = 0 answer_ms = 500\n"
		"  down_after = 3 up_after = 4 max_unanswered = 0 trusted = no\n"
		"  call_id_header = yes\n"
		"  refer = 405 }\n"
		"route s { gateways = {h, g} }\n"
		"route v { gateways = {'g=70  h', i} max_attempts = 8\n"
		"  failover_on = {408, 504} }\n"
		"gateway i { uri = 'sip:127.0.0.1' }\n"
		"sip { unknown_source = silent trace = on\n"
		"  min_se_s = 120 max_call_s = 7200 }\n"
		"screening { emergency = {} report_points = 5 }\n"
		"reputation { url = 'https://h/{national}' score = ''\n"
		"  headers = {'A: b', \"C: ${CALLSIEVE_TEST_SECRET}\"}\n"
		"  score_min = 5.5 score_max = -1e2 }\n"
		"database { path = a//b }\n"
		"log { level = debug format = json mask_numbers = true }\n");
	const struct config_trunk *trunk = &config->trunks[1];

	ck_assert_str_eq(config->listens[1].address, "::1");
	ck_assert_uint_eq(config->listens[1].port, 65535);
	ck_assert(!config->listens[1].transports[TRANSPORT_UDP]);
	ck_assert(config->listens[1].transports[TRANSPORT_TCP]);
	ck_assert_uint_eq(trunk->sources_count, 2);
	ck_assert_int_eq(trunk->identity, IDENTITY_FROM);
	ck_assert_str_eq(trunk->country, "44");
	ck_assert(!trunk->screen);
	ck_assert_int_eq(trunk->reject_at, 7);
	ck_assert_uint_eq(trunk->limits.max_calls, 1);
	ck_assert_uint_eq(trunk->limits.max_unacked, 3);
	ck_assert_int_eq(config->gateways[1].transport, TRANSPORT_TCP);
	ck_assert_uint_eq(config->gateways[1].host.len, 16);
	ck_assert_uint_eq(config->gateways[1].port, 5060);
	ck_assert_str_eq(config->gateways[1].listen, "b");
	ck_assert_uint_eq(config->gateways[1].answer_ms, 500);
	ck_assert_uint_eq(config->gateways[1].down_after, 3);
	ck_assert_uint_eq(config->gateways[1].up_after, 4);
	ck_assert_uint_eq(config->gateways[1].max_unanswered, 0);
	check_hop(&config->routes[1], 0, 1, 0, 1);
	check_hop(&config->routes[1], 1, 0, 1, 1);
	check_hop(&config->routes[2], 0, 0, 0, 70);
	check_hop(&config->routes[2], 1, 1, 0, 1);
	check_hop(&config->routes[2], 2, 2, 1, 1);
	ck_assert_uint_eq(config->routes[2].hops_count, 3);
	ck_assert_uint_eq(config->routes[2].max_attempts, 8);
	ck_assert(config_fails_over(&config->routes[2], 408));
	ck_assert(config_fails_over(&config->routes[2], 504));
	ck_assert(!config_fails_over(&config->routes[2], 503));
	ck_assert(!config->gateways[1].trusted);
	ck_assert(config->gateways[1].call_id_header);
	ck_assert_int_eq(trunk->refer, REFER_DECLINE);
	ck_assert_int_eq(config->gateways[1].refer, REFER_NOT_ALLOWED);
	ck_assert(config->silent_unknown && config->trace);
	ck_assert_uint_eq(config->min_se_s, 120);
	ck_assert_uint_eq(config->max_call_s, 7200);
	ck_assert_uint_eq(config->screening.emergency_count, 0);
	ck_assert_int_eq(config->screening.report_points, 5);
	ck_assert_str_eq(config->reputations[0].score, "");
	ck_assert_uint_eq(config->reputations[0].headers_count, 2);
	ck_assert_str_eq(config->reputations[0].headers[1], "C: hush");
	ck_assert_double_eq(config->reputations[0].score_min, 5.5);
	ck_assert_double_eq(config->reputations[0].score_max, -100);
	ck_assert_str_eq(config->database, "a//b");
	ck_assert_int_eq(config->log_level, LOG_LEVEL_DEBUG);
	ck_assert_int_eq(config->log_format, LOG_FORMAT_JSON);
	ck_assert(config->mask_numbers);
	ck_assert_ptr_eq(config_route_find(config, "s"), &config->routes[1]);
	ck_assert_ptr_null(config_route_find(config, "q"));
	config_free(config);
}
END_TEST

static const char *trunk_name(const struct config *config, const char *source)
{
	const struct config_trunk *trunk;
	struct netaddr addr;

	ck_assert_int_eq(netaddr_parse(&addr, source), 0);
	trunk = config_trunk_for(config, &addr);
	return trunk ? trunk->name : "none";
}

START_TEST(gateways_may_be_names)
{
	struct config *config = parse_with(
		"gateway h1 { uri = 'sip:Core.example' }\n"
		"gateway h2 { uri = 'sip:core.example:5070' }\n"
		"gateway h3 { uri = 'sip:core_1;transport=tcp' }\n"
		"dns { servers = {'192.0.2.53', '[2001:DB8::53]:5353'}\n"
		"  ttl_min_s = 1 ttl_max_s = 1 }\n");
	const struct config_gateway *gateways = config->gateways;

	ck_assert_str_eq(gateways[1].domain, "Core.example");
	ck_assert_uint_eq(gateways[1].host.len, 0);
	ck_assert_uint_eq(gateways[1].port, 0);
	ck_assert(gateways[1].any_transport);
	ck_assert_str_eq(gateways[2].domain, "core.example");
	ck_assert_uint_eq(gateways[2].port, 5070);
	ck_assert(gateways[2].any_transport);
	ck_assert_str_eq(gateways[3].domain, "core_1");
	ck_assert_uint_eq(gateways[3].port, 0);
	ck_assert(!gateways[3].any_transport);
	ck_assert_int_eq(gateways[3].transport, TRANSPORT_TCP);
	ck_assert_uint_eq(config->dns.servers_count, 2);
	ck_assert_str_eq(config->dns.servers[0], "192.0.2.53:53");
	ck_assert_str_eq(config->dns.servers[1], "[2001:db8::53]:5353");
	ck_assert_uint_eq(config->dns.ttl_max_s, 1);
	config_free(config);
}
END_TEST

START_TEST(narrowest_source_decides_the_trunk)
{
	struct config *config = parse_with(
		"trunk wide { sources = {'10.0.0.0/8', '::/0'} route = r }\n"
		"trunk one { sources = {'10.1.2.3', '::1'} route = r }\n"
		"trunk mid { sources = {'10.1.0.0/16'} route = r }\n");

	ck_assert_str_eq(trunk_name(config, "10.1.2.3"), "one");
	ck_assert_str_eq(trunk_name(config, "::ffff:10.1.2.3"), "one");
	ck_assert_str_eq(trunk_name(config, "10.1.2.4"), "mid");
	ck_assert_str_eq(trunk_name(config, "10.2.0.0"), "wide");
	ck_assert_str_eq(trunk_name(config, "127.0.0.1"), "t");
	ck_assert_str_eq(trunk_name(config, "2001:db8::1"), "wide");
	ck_assert_str_eq(trunk_name(config, "::1"), "one");
	ck_assert_str_eq(trunk_name(config, "192.0.2.1"), "none");
	config_free(config);
}
END_TEST

START_TEST(shared_configuration_lives_until_the_last)
{
	struct config *config = parse_with("");

	ck_assert_ptr_eq(config_ref(config), config);
	config_free(config);
	ck_assert_str_eq(config->trunks[0].name, "t");
	config_free(config);
}
END_TEST

START_TEST(broken_text_leaves_nothing_behind)
{
	static const char *const broken[] = {
		"database { path = \"a\\999\" }", /* ends within a string */
		"database { path = \"",
		"/*",
		"trunk t {",
		"}",
		"a = {{",
	};
	struct config *config = NULL;
	size_t i;

	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		ck_assert_int_eq(
			config_parse(&config, "input", broken[i], &errors),
			-EINVAL);
		ck_assert_ptr_null(config);
		config_free(parse_with(""));
	}
}
END_TEST

static int load_text(const char *text, size_t len)
{
	char path[] = "/tmp/callsieve-config-XXXXXX";
	struct config *config = NULL;
	int fd = mkstemp(path), err;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	close(fd);
	err = config_load(&config, path, &errors);
	unlink(path);
	config_free(config);
	return err;
}

START_TEST(files_are_read)
{
	char *large = malloc(2000000);

	ck_assert_int_eq(load_text(minimal, strlen(minimal)), 0);
	ck_assert_str_eq(reported(), "");
	ck_assert_int_eq(load_text("", 0), -EINVAL);
	ck_assert_int_eq(load_text("\n#\0\n", 4), -EINVAL);
	ck_assert_ptr_nonnull(strstr(reported(), ":2: NUL byte"));
	memset(large, '\n', 2000000);
	ck_assert_int_eq(load_text(large, 2000000), -EMSGSIZE);
	free(large);
}
END_TEST

START_TEST(files_that_cannot_be_read_are_told)
{
	struct config *config = NULL;

	ck_assert_int_eq(config_load(&config, "/nonexistent/c.conf", &errors),
			 -ENOENT);
	ck_assert_str_eq(reported(), "/nonexistent/c.conf: cannot be read: No "
				     "such file or directory\n");
	ck_assert_int_eq(config_load(&config, "/", &errors), -EISDIR);
}
END_TEST

START_TEST(errors_beyond_the_buffer_are_cut)
{
	struct config *config = NULL;

	errors.max = 100;
	ck_assert_int_eq(config_parse(&config, "input",
				      "log { a = 1 b = 2 c = 3 d = 4 }",
				      &errors),
			 -EINVAL);
	ck_assert_uint_le(errors.len, 100);
	ck_assert_uint_gt(errors.len, 0);
}
END_TEST

/* Where a line of a configuration stands, and what is left of it without
 * indentation and comment sign. */
struct line {
	char section[32];
	char text[400];
};

static bool next_line(const char **textp, struct line *line)
{
	size_t len = strcspn(*textp, "\n");
	const char *start = *textp;
	char *brace;

	if (!*start)
		return false;
	*textp += len + (start[len] == '\n');
	while (len && strchr("\t# ", *start)) {
		start++;
		len--;
	}
	snprintf(line->text, sizeof(line->text), "%.*s", (int)len, start);
	brace = strstr(line->text, " {");
	if (brace && !brace[2])
		snprintf(line->section, sizeof(line->section), "%.*s",
			 (int)strcspn(line->text, " "), line->text);
	return true;
}

/* With its default where it has one, else just by name. */
static bool is_in(const char *example, const struct line *option,
		  bool with_value)
{
	size_t len = with_value ? strlen(option->text) + 1
				: strcspn(option->text, "=") + 1;
	struct line line = {.section = ""};

	while (next_line(&example, &line)) {
		if (!strcmp(line.section, option->section) &&
		    !strncmp(line.text, option->text, len))
			return true;
	}
	return false;
}

START_TEST(example_has_every_option_with_its_default)
{
	char *example = read_text("etc/callsieve.conf");
	struct line line = {.section = ""};
	struct buf options;
	const char *at, *start;
	int count = 0;

	ck_assert_ptr_nonnull(example);
	buf_init(&options, 65536);
	ck_assert_int_eq(config_print_options(&options), 0);
	at = start = options.data;
	for (; next_line(&at, &line); start = at) {
		bool given = !strncmp(start, "\t# ", 3);
		size_t name = strspn(line.text, "abcdefghijklmnopqrstuvwxyz_");

		if (strncmp(line.text + name, " = ", 3))
			continue;
		ck_assert_msg(is_in(example, &line, !given), "%s: %s",
			      line.section, line.text);
		count++;
	}
	ck_assert_int_gt(count, 50);
	buf_fini(&options);
	free(example);
}
END_TEST

START_TEST(example_loads)
{
	struct config *config = NULL;

	config_load(&config, "etc/callsieve.conf", &errors);
	ck_assert_msg(config, "%s", reported());
	ck_assert_uint_eq(config->listens_count, 1);
	ck_assert_uint_eq(config->gateways[0].port, 5080);
	ck_assert_str_eq(config->api.address, "127.0.0.1");
	config_free(config);
}
END_TEST

/* The example's commented-out section is one that would work. */
START_TEST(example_loads_with_its_reputation_section)
{
	char *text = read_text("etc/callsieve.conf"), *at;
	struct config *config = NULL;

	ck_assert_ptr_nonnull(text);
	at = strstr(text, "#reputation example {");
	ck_assert_ptr_nonnull(at);
	for (; at; at = strstr(at, "\n#}") ? strpbrk(at + 1, "#") : NULL) {
		if (at[1] != ' ')
			*at = ' ';
		if (at[1] == '}')
			break;
	}
	config_parse(&config, "etc/callsieve.conf", text, &errors);
	ck_assert_msg(config, "%s", reported());
	ck_assert_uint_eq(config->reputations_count, 1);
	ck_assert_str_eq(config->reputations[0].name, "example");
	config_free(config);
	free(text);
}
END_TEST

/* Whatever else is wrong with it. */
START_TEST(database_of_a_file_with_mistakes_is_guessed)
{
	static const struct {
		const char *text, *path;
	} cases[] = {
		{"trunk {{\ndatabase {\n\tpath = \"/a/b.db\"\n}\n",
		 "/a/b.db"},
		{"database{\n# path = \"/c.db\"\npath='/d.db'\n", "/d.db"},
		{"gateway g {\n\tpath = \"/e.db\"\n}\n", NULL},
		{"database {\n}\nlog {\npath = \"/f.db\"\n}\n", NULL},
		{"database {\n\tpath = \"${HOME}/g.db\"\n}\n", NULL},
		{"database {\n\tpath = \"/h.db\n}\n", NULL},
		{"", NULL},
	};
	char path[] = "/tmp/config-guess-XXXXXX";
	int fd = mkstemp(path);

	close(fd);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		FILE *file = fopen(path, "w");
		char *found;

		fputs(cases[i].text, file);
		fclose(file);
		found = config_guess_database(path);
		ck_assert_pstr_eq(found, cases[i].path);
		free(found);
	}
	unlink(path);
	ck_assert_ptr_null(config_guess_database(path));
}
END_TEST

Suite *config_suite(void)
{
	Suite *suite = suite_create("config");
	TCase *tc = tcase_create("config");

	setenv("CALLSIEVE_TEST_SECRET", "hush", 1);
	setenv("REPUTATION_TOKEN", "hush", 1);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, errors_are_those_expected);
	tcase_add_test(tc, defaults_are_filled_in);
	tcase_add_loop_test(tc, calls_nearly_rejected_are_put_off, 0,
			    sizeof(puts_off) / sizeof(puts_off[0]));
	tcase_add_test(tc, tls_reaches_its_fields);
	tcase_add_test(tc, reputations_have_names_or_one_has_none);
	tcase_add_test(tc, reputation_and_api_are_there_only_if_given);
	tcase_add_test(tc, values_reach_their_fields);
	tcase_add_test(tc, gateways_may_be_names);
	tcase_add_test(tc, narrowest_source_decides_the_trunk);
	tcase_add_test(tc, shared_configuration_lives_until_the_last);
	tcase_add_test(tc, broken_text_leaves_nothing_behind);
	tcase_add_test(tc, files_are_read);
	tcase_add_test(tc, files_that_cannot_be_read_are_told);
	tcase_add_test(tc, errors_beyond_the_buffer_are_cut);
	tcase_add_test(tc, example_has_every_option_with_its_default);
	tcase_add_test(tc, example_loads);
	tcase_add_test(tc, database_of_a_file_with_mistakes_is_guessed);
	tcase_add_test(tc, example_loads_with_its_reputation_section);
	suite_add_tcase(suite, tc);
	return suite;
}
