/* SIP over TLS: whole calls, and who is let in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/cert.h"

/* The daemon's second listen, with TLS alone. Certificates in its directory:
 * "root" signed "between", which signed "daemon" and "peer". */
struct secure {
	struct scene scene;
	unsigned port;
};

/* All optional. */
struct secure_options {
	const char *caller, *callee; /* transports, "tls" unless given */
	const char *asks;	     /* client_certificate */
	const char *trunk;	     /* lines of its section */
	const char *gateway;	     /* likewise */
	const char *gateways;
	const char *sections;
};

#define SECURE(...) (&(const struct secure_options){__VA_ARGS__})

static const struct secure_options usual;

static const char *pem(const struct secure *secure, const char *name)
{
	static char paths[8][192];
	static unsigned next;

	return cert_path(paths[next++ % 8], secure->scene.daemon.dir, name);
}

static void make_certificates(const struct secure *secure)
{
	const char *dir = secure->scene.daemon.dir;
	char alt[100];

	cert_make(dir, "root", CERT(.authority = true));
	cert_make(dir, "between", CERT(.issuer = "root", .authority = true));
	snprintf(alt, sizeof(alt), "DNS:sieve.example, IP:%s",
		 secure->scene.daemon.host);
	cert_make(dir, "daemon", CERT(.issuer = "between", .alt = alt));
	cert_make(dir, "caller",
		  CERT(.issuer = "between", .alt = "DNS:caller.example"));
	snprintf(alt, sizeof(alt), "DNS:callee.example, IP:%s",
		 secure->scene.callee.address);
	cert_make(dir, "callee", CERT(.issuer = "between", .alt = alt));
}

static void configure(struct secure *secure,
		      const struct secure_options *options)
{
	struct scene *scene = &secure->scene;
	bool tls = !strcmp(scene->callee.transport, "tls");
	char sections[1400], gateway[600], asks[300] = "";

	if (options->asks && strcmp(options->asks, "none"))
		snprintf(asks, sizeof(asks),
			 "\tclient_certificate = \"%s\"\n"
			 "\tclient_ca = \"%s\"\n",
			 options->asks, pem(secure, "root"));
	snprintf(sections, sizeof(sections),
		 "listen secure {\n"
		 "\taddress = \"%s\"\n"
		 "\ttransports = {\"tls\"}\n"
		 "\ttls_port = %u\n"
		 "\tcertificate = \"%s\"\n"
		 "%s"
		 "}\n"
		 "%s",
		 scene->daemon.host, secure->port, pem(secure, "daemon"), asks,
		 options->sections ? options->sections : "");
	snprintf(gateway, sizeof(gateway), "\toptions_interval_s = 0\n%s%s%s%s",
		 tls ? "\ttls_ca = \"" : "", tls ? pem(secure, "root") : "",
		 tls ? "\"\n" : "", options->gateway ? options->gateway : "");
	scene_configure(scene, SCENE(.sections = sections, .gateway = gateway,
				     .trunk = options->trunk,
				     .gateways = options->gateways));
}

static void secure_init(struct secure *secure,
			const struct secure_options *options)
{
	struct scene *scene = &secure->scene;

	scene_init(scene,
		   SCENE(.caller = options->caller ? options->caller : "tls",
			 .callee = options->callee ? options->callee : "tls"));
	do
		secure->port = free_port(scene->daemon.host);
	while (secure->port == scene->daemon.port ||
	       secure->port == scene->daemon.api_port);
	make_certificates(secure);
	peer_set_tls(&scene->caller, pem(secure, "caller"), pem(secure, "root"),
		     false);
	peer_set_tls(&scene->callee, pem(secure, "callee"), pem(secure, "root"),
		     false);
	if (!strcmp(scene->caller.transport, "tls"))
		peer_set_target(&scene->caller, scene->daemon.host,
				secure->port);
	if (!strcmp(scene->callee.transport, "tls"))
		peer_set_target(&scene->callee, scene->daemon.host,
				secure->port);
}

static void secure_open(struct secure *secure,
			const struct secure_options *options)
{
	if (!options)
		options = &usual;
	secure_init(secure, options);
	configure(secure, options);
	daemon_start(&secure->scene.daemon);
}

static const struct mix {
	const char *caller, *callee;
} mixes[] = {{"tls", "tls"}, {"tls", "udp"}, {"udp", "tls"}, {"tcp", "tls"}};

#define MIXES (int)(sizeof(mixes) / sizeof(*mixes))

static void claim_contact(const struct message *message,
			  const struct peer *peer)
{
	const char *contact = message_header(message, "Contact", 0);

	claim(strstr(contact, peer->target_uri), "Contact is elsewhere: %s",
	      contact);
	claim(!strcmp(peer->transport, "udp") ||
		      (strstr(contact, "<sip:") &&
		       strstr(contact, peer->transport)),
	      "Contact without its transport: %s", contact);
}

static void reinvite(struct dialog *from, struct dialog *to)
{
	const struct message *message;

	dialog_send(from, "INVITE", PARTS(.body = OFFER));
	message = dialog_expect_request(to, "INVITE");
	dialog_reply(to, message, 200, PARTS(.body = ANSWER));
	dialog_expect(from, 200, "INVITE");
	dialog_ack(from, NULL);
	dialog_expect_request(to, "ACK");
}

START_TEST(whole_calls_over_tls)
{
	const struct mix *mix = &mixes[_i];
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct call call;

	secure_open(&secure,
		    SECURE(.caller = mix->caller, .callee = mix->callee));
	call_place(&call, scene, NULL);
	claim_contact(call.invite, &scene->callee);
	claim(!strcmp(mix->callee, "udp") ||
		      strstr(message_header(call.invite, "Via", 0),
			     "SIP/2.0/TLS"),
	      "the Via has the wrong transport");
	dialog_reply(&call.callee, call.invite, 180, NULL);
	claim_contact(dialog_expect(&call.caller, 180, "INVITE"),
		      &scene->caller);
	call_answer(&call);
	reinvite(&call.caller, &call.callee);
	reinvite(&call.callee, &call.caller);
	call_hang_up(&call);

	call_establish(&call, scene);
	dialog_send(&call.callee, "BYE", NULL);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	scene_close(scene);
}
END_TEST

static const struct entry {
	const char *asks;	 /* client_certificate */
	const char *certificate; /* that the caller shows, or NULL */
	const char *subjects;	 /* the trunk's, or NULL */
	int status;		 /* of its call; 0: there is no connection */
} entries[] = {
	{"none", NULL, NULL, 200},
	{"none", "caller", NULL, 200},
	{"optional", NULL, NULL, 200},
	{"optional", NULL, "\"caller.example\"", 403},
	{"optional", "caller", "\"other.example\", \"caller.example\"", 200},
	{"optional", "caller", "\"other.example\"", 403},
	{"optional", "caller", "\"example\"", 403},
	{"optional", "stranger", NULL, 0},
	{"optional", "expired", NULL, 0},
	{"required", NULL, NULL, 0},
	{"required", "caller", NULL, 200},
	{"required", "caller", "\"CALLER.example\"", 200},
	{"required", "stranger", NULL, 0},
	{"required", "expired", NULL, 0},
	{"required", "early", NULL, 0},
};

#define ENTRIES (int)(sizeof(entries) / sizeof(*entries))

/* Before the daemon starts; `scene.caller` is one of them. */
static void make_more(const struct secure *secure)
{
	const char *dir = secure->scene.daemon.dir;

	cert_make(dir, "elsewhere", CERT(.authority = true));
	cert_make(dir, "stranger",
		  CERT(.issuer = "elsewhere", .alt = "DNS:caller.example"));
	cert_make(dir, "expired",
		  CERT(.issuer = "between", .alt = "DNS:caller.example",
		       .until_s = -10));
	cert_make(dir, "early",
		  CERT(.issuer = "between", .alt = "DNS:caller.example",
		       .from_s = 1000));
}

/* With TLS 1.3 a client learns of its refusal after its part is done. */
static bool stays_connected(struct secure *secure)
{
	struct peer *caller = &secure->scene.caller;
	long end = trace_clock_ms() + 1000;

	caller->tolerant = true;
	if (!peer_connect(caller))
		return false;
	peer_printf(caller,
		    "OPTIONS sip:x@%s SIP/2.0\r\n"
		    "Via: SIP/2.0/TLS %s;branch=z9hG4bK-entry\r\n"
		    "From: <sip:a@a>;tag=1\r\nTo: <sip:b@b>\r\n"
		    "Call-ID: entry\r\nCSeq: 1 OPTIONS\r\n"
		    "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		    caller->target_uri, caller->host);
	while (peer_connected(caller) && trace_clock_ms() < end)
		if (peer_poll(caller, 200, "OPTIONS", NULL, 10))
			return true;
	claim(!peer_connected(caller), "neither answered nor refused");
	return false;
}

START_TEST(client_certificates_open_the_door)
{
	const struct entry *entry = &entries[_i];
	struct secure secure;
	struct scene *scene = &secure.scene;
	char trunk[200] = "";

	if (entry->subjects)
		snprintf(trunk, sizeof(trunk), "\ttls_subjects = {%s}\n",
			 entry->subjects);
	secure_init(&secure, SECURE(.callee = "udp"));
	make_more(&secure);
	peer_set_tls(&scene->caller,
		     entry->certificate ? pem(&secure, entry->certificate)
					: NULL,
		     pem(&secure, "root"), false);
	configure(&secure, SECURE(.asks = entry->asks, .trunk = trunk));
	daemon_start(&scene->daemon);
	claim_number(stays_connected(&secure), entry->status != 0);
	if (entry->status == 200)
		expect_bridged(scene, CALLER);
	else if (entry->status)
		expect_rejected(scene, CALLER, entry->status);
	scene_close(scene);
}
END_TEST

/* The address alone is not enough: not by UDP either. */
START_TEST(trunk_with_subjects_takes_no_calls_without_tls)
{
	struct secure secure;

	secure_open(&secure,
		    SECURE(.caller = "udp", .callee = "udp", .asks = "optional",
			   .trunk = "\ttls_subjects = "
				    "{\"caller.example\"}\n"));
	expect_rejected(&secure.scene, CALLER, 403);
	scene_close(&secure.scene);
}
END_TEST

Suite *tls_suite(void)
{
	Suite *suite = suite_create("tls");
	TCase *tests = scene_tcase(suite, "tls");

	tcase_add_loop_test(tests, whole_calls_over_tls, 0, MIXES);
	tcase_add_loop_test(tests, client_certificates_open_the_door, 0,
			    ENTRIES);
	tcase_add_test(tests, trunk_with_subjects_takes_no_calls_without_tls);
	return suite;
}
