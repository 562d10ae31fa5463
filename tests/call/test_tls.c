/* SIP over TLS: whole calls, and who is let in. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/cert.h"
#include "fake/tls.h"

/* The daemon's second listen, with TLS alone. Certificates in its directory:
 * "root" signed "between", which signed "daemon" and "peer". */
struct secure {
	struct scene scene;
	const char *host;
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
	bool six; /* by IPv6 */
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
	snprintf(alt, sizeof(alt), "DNS:sieve.example, IP:%s", secure->host);
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
		 secure->host, secure->port, pem(secure, "daemon"), asks,
		 options->sections ? options->sections : "");
	snprintf(gateway, sizeof(gateway), "\toptions_interval_s = 0\n%s%s%s%s",
		 tls ? "\ttls_ca = \"" : "", tls ? pem(secure, "root") : "",
		 tls ? "\"\n" : "", options->gateway ? options->gateway : "");
	scene_configure(scene, SCENE(.sections = sections, .gateway = gateway,
				     .trunk = options->trunk,
				     .gateways = options->gateways));
}

/* The stack loses the names it reads from a certificate, some 200 bytes a
 * connection. LeakSanitizer is told, for which it must see whole stacks. */
static void tell_sanitizer(const struct secure *secure)
{
	char path[192], options[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/suppressions",
		 secure->scene.daemon.dir);
	file = fopen(path, "w");
	claim(file, "%s", path);
	fputs("leak:tls_connect\n", file);
	fclose(file);
	snprintf(options, sizeof(options),
		 "suppressions=%s:print_suppressions=0", path);
	setenv("LSAN_OPTIONS", options, 1);
	setenv("ASAN_OPTIONS", "fast_unwind_on_malloc=0", 1);
}

static void open_again(struct peer *peer, const char *transport,
		       const char *address)
{
	const char *name = peer->name;

	peer_close(peer);
	peer_open(peer, name, transport, address, 0);
}

static void secure_init(struct secure *secure,
			const struct secure_options *options)
{
	struct scene *scene = &secure->scene;
	const char *caller = options->caller ? options->caller : "tls";
	const char *callee = options->callee ? options->callee : "tls";

	scene_init(scene, SCENE(.caller = caller, .callee = callee));
	secure->host = options->six ? "::1" : scene->daemon.host;
	if (options->six) {
		open_again(&scene->caller, caller, "::1");
		open_again(&scene->callee, callee, "::1");
	}
	do
		secure->port = free_port(secure->host);
	while (secure->port == scene->daemon.port ||
	       secure->port == scene->daemon.api_port);
	make_certificates(secure);
	tell_sanitizer(secure);
	peer_set_tls(&scene->caller, pem(secure, "caller"), pem(secure, "root"),
		     false);
	peer_set_tls(&scene->callee, pem(secure, "callee"), pem(secure, "root"),
		     false);
	if (!strcmp(caller, "tls"))
		peer_set_target(&scene->caller, secure->host, secure->port);
	if (!strcmp(callee, "tls"))
		peer_set_target(&scene->callee, secure->host, secure->port);
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
	bool six;
} mixes[] = {
	{"tls", "tls", false}, {"tls", "udp", false}, {"udp", "tls", false},
	{"tcp", "tls", false}, {"tls", "tls", true},
};

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

	secure_open(&secure, SECURE(.caller = mix->caller,
				    .callee = mix->callee, .six = mix->six));
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
	long end = trace_clock_ms() + PEER_PATIENCE_MS;

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

static const struct server {
	const char *certificate; /* that the gateway shows */
	const char *line;	 /* of its section, or NULL */
	bool good;
} servers[] = {
	{"callee", NULL, true}, /* by its address */
	{"callee", "\ttls_name = \"callee.example\"\n", true},
	{"callee", "\ttls_name = \"other.example\"\n", false},
	{"caller", NULL, false},
	{"caller", "\ttls_name = \"caller.example\"\n", true},
	{"uri", "\ttls_name = \"uri.example\"\n", true},
	{"uri", "\ttls_name = \"example\"\n", false},
	{"plain", "\ttls_name = \"plain.example\"\n", true},
	{"wildcard", "\ttls_name = \"gw.wild.example\"\n", false},
	{"stranger", "\ttls_name = \"caller.example\"\n", false},
	{"expired", "\ttls_name = \"caller.example\"\n", false},
	{"early", "\ttls_name = \"caller.example\"\n", false},
};

#define SERVERS (int)(sizeof(servers) / sizeof(*servers))

/* At the one or the other; both must be attended to. */
static struct peer *reached(struct call *call, struct peer *a, struct peer *b)
{
	long end = trace_clock_ms() + PEER_PATIENCE_MS;

	while (trace_clock_ms() < end) {
		call->invite = peer_poll(a, 0, "INVITE", NULL, 5);
		if (call->invite)
			return a;
		call->invite = peer_poll(b, 0, "INVITE", NULL, 5);
		if (call->invite)
			return b;
	}
	claim(false, "the INVITE came nowhere");
	return NULL;
}

/* A second gateway, "spare", on UDP. */
static const char *spare_section(char buf[200], const struct peer *spare)
{
	snprintf(buf, 200,
		 "gateway spare {\n\turi = \"sip:%s:%u\"\n"
		 "\toptions_interval_s = 0\n}\n",
		 spare->host, spare->port);
	return buf;
}

/* check 67 */
START_TEST(gateway_with_another_certificate_is_passed_over)
{
	const struct server *server = &servers[_i];
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct peer spare, *at;
	struct call call;
	char address[32], section[200], gateway[200];
	long start;

	secure_init(&secure, SECURE(.caller = "udp"));
	make_more(&secure);
	cert_make(scene->daemon.dir, "uri",
		  CERT(.issuer = "between", .alt = "URI:sip:uri.example"));
	cert_make(scene->daemon.dir, "plain",
		  CERT(.issuer = "between", .subject = "plain.example"));
	cert_make(scene->daemon.dir, "wildcard",
		  CERT(.issuer = "between", .alt = "DNS:*.wild.example"));
	peer_set_tls(&scene->callee, pem(&secure, server->certificate),
		     pem(&secure, "root"), true);
	peer_open(&spare, "spare", "udp",
		  daemon_address(address, &scene->daemon, 4), 0);
	snprintf(gateway, sizeof(gateway), "%s\tanswer_ms = 10000\n",
		 server->line ? server->line : "");
	configure(&secure, SECURE(.gateway = gateway,
				  .gateways = "\"core\", \"spare\"",
				  .sections = spare_section(section, &spare)));
	daemon_start(&scene->daemon);
	start = trace_clock_ms();
	call_begin(&call, scene, CALLER, CALLEE, NULL);
	at = reached(&call, &scene->callee, &spare);
	claim_number(at == &scene->callee, server->good);
	/* At once, not when its time to answer is over. */
	claim(trace_clock_ms() - start < 9000, "it took too long");
	dialog_accept(&call.callee, at, call.invite);
	call_answer(&call);
	call_hang_up(&call);
	peer_close(&spare);
	scene_close(scene);
}
END_TEST

/* What it sent before has been read, and so will its end. */
START_TEST(connection_to_a_gateway_is_used_again_and_made_anew)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct call call, second;
	int stream;

	secure_open(&secure, SECURE(.caller = "udp"));
	call_establish(&call, scene);
	stream = call.invite->stream;
	call_establish(&second, scene);
	claim_number(second.invite->stream, stream);
	claim_number((long)scene->callee.streams_count, 1);
	call_hang_up(&second);

	/* It is closed while a call is up, and while none is. */
	peer_part(&scene->callee);
	call_hang_up(&call);
	peer_part(&scene->callee);
	expect_bridged(scene, CALLER);
	scene_close(scene);
}
END_TEST

START_TEST(requests_take_the_connection_the_caller_came_by)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	const struct message *bye;
	struct call call;

	secure_open(&secure, SECURE(.callee = "udp"));
	call_establish(&call, scene);
	dialog_send(&call.callee, "BYE", NULL);
	bye = dialog_expect_request(&call.caller, "BYE");
	claim_number((long)scene->caller.streams_count, 1);
	dialog_reply(&call.caller, bye, 200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	scene_close(scene);
}
END_TEST

/* Its connection is gone. A new one is made to where it listens, if it can be
 * held to a name there. */
START_TEST(caller_is_connected_to_when_it_has_hung_up)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct call call;

	secure_open(&secure, SECURE(.callee = "udp", .asks = "optional",
				    .trunk = "\ttls_subjects = "
					     "{\"caller.example\"}\n"));
	call_establish(&call, scene);
	peer_hang_up(&scene->caller);
	dialog_send(&call.callee, "BYE", NULL);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	scene_close(scene);
}
END_TEST

static int raw_connection(const struct secure *secure)
{
	struct peer plain;
	char address[32];
	int fd;

	peer_open(&plain, "plain", "tcp",
		  daemon_address(address, &secure->scene.daemon, 2), 0);
	peer_set_target(&plain, secure->scene.daemon.host, secure->port);
	claim(peer_connect(&plain), "no connection");
	fd = dup(plain.streams[0].fd);
	peer_close(&plain);
	return fd;
}

static bool is_closed(int fd, int ms)
{
	struct pollfd at = {fd, POLLIN, 0};
	char bytes[4096];
	long end = trace_clock_ms() + ms;

	while (trace_clock_ms() < end)
		if (poll(&at, 1, 10) == 1 &&
		    recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) <= 0)
			return true;
	return false;
}

/* It takes the connection and says nothing. */
START_TEST(gateway_that_shakes_no_hands_is_given_up)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct peer spare, *at;
	struct call call;
	char address[32], section[300];
	size_t len;

	secure_init(&secure, SECURE(.caller = "udp"));
	peer_open(&spare, "spare", "udp",
		  daemon_address(address, &scene->daemon, 4), 0);
	spare_section(section, &spare);
	len = strlen(section);
	snprintf(section + len, sizeof(section) - len,
		 "sip {\n\thandshake_ms = 800\n}\n");
	configure(&secure, SECURE(.gateway = "\tanswer_ms = 300\n",
				  .gateways = "\"core\", \"spare\"",
				  .sections = section));
	daemon_start(&scene->daemon);
	/* Nobody attends to the callee: the kernel alone takes it. */
	call_begin(&call, scene, CALLER, CALLEE, NULL);
	call_reaches(&call, &spare);
	call_answer(&call);
	call_hang_up(&call);
	poll(NULL, 0, 1200);
	/* That connection is gone, so this comes by one of its own. */
	scene->callee.ignores = "INVITE";
	call_begin(&call, scene, CALLER, CALLEE, NULL);
	at = reached(&call, &scene->callee, &spare);
	claim(at == &scene->callee, "the dead connection is still used");
	dialog_accept(&call.callee, at, call.invite);
	call_answer(&call);
	call_hang_up(&call);
	peer_close(&spare);
	scene_close(scene);
}
END_TEST

/* The first half of a TLS 1.2 ClientHello record, and what is none. */
static const struct noise {
	const char *bytes;
	size_t len;
} noises[] = {
	{"", 0},
	{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11},
	{"INVITE sip:x@y SIP/2.0\r\n\r\n", 26},
	{"\x16\x03\x01\x00\x04\xff\xff\xff\xff", 9},
	{"\x15\x03\x03\x00\x02\x02\x28", 7},
	{"\r\n\r\n", 4},
	{"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10", 11},
};

#define NOISES (int)(sizeof(noises) / sizeof(*noises))

START_TEST(what_is_no_tls_is_closed_and_leaves_calls_alone)
{
	const struct noise *noise = &noises[_i];
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct call call;
	int fds[20];

	secure_open(&secure,
		    SECURE(.sections = "sip {\n\thandshake_ms = 500\n}\n"));
	call_establish(&call, scene);
	for (int i = 0; i < 20; i++) {
		fds[i] = raw_connection(&secure);
		if (noise->len)
			claim(send(fds[i], noise->bytes, noise->len,
				   MSG_NOSIGNAL) >= 0,
			      "send");
		/* Some go without a word. */
		if (i % 3 == 0)
			close(fds[i]);
	}
	reinvite(&call.caller, &call.callee);
	for (int i = 0; i < 20; i++) {
		if (i % 3 == 0)
			continue;
		claim(is_closed(fds[i], 1500), "stays open");
		close(fds[i]);
	}
	reinvite(&call.callee, &call.caller);
	call_hang_up(&call);
	expect_bridged(scene, CALLER);
	scene_close(scene);
}
END_TEST

START_TEST(reload_changes_the_certificate_of_new_connections_alone)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct call call;

	secure_init(&secure, SECURE(.callee = "udp"));
	make_more(&secure);
	configure(&secure, &usual);
	daemon_start(&scene->daemon);
	call_establish(&call, scene);

	/* One that cannot be used changes nothing. */
	cert_make(scene->daemon.dir, "daemon",
		  CERT(.issuer = "elsewhere", .alt = "DNS:sieve.example",
		       .rsa = true));
	daemon_reload(&scene->daemon);
	daemon_await_logged(&scene->daemon, "the type of the key cannot");
	call_hang_up(&call);
	peer_hang_up(&scene->caller);
	call_establish(&call, scene);

	cert_make(scene->daemon.dir, "daemon",
		  CERT(.issuer = "elsewhere", .alt = "DNS:sieve.example"));
	daemon_reload(&scene->daemon);
	daemon_await_logged(&scene->daemon, "event=reloaded");
	reinvite(&call.caller, &call.callee);
	reinvite(&call.callee, &call.caller);
	call_hang_up(&call);
	peer_hang_up(&scene->caller);
	claim(!peer_connect(&scene->caller), "the old certificate is shown");
	peer_set_tls(&scene->caller, NULL, pem(&secure, "elsewhere"), false);
	expect_bridged(scene, CALLER);
	scene_close(scene);
}
END_TEST

/* Refused by -t as well. */
START_TEST(certificate_that_cannot_be_read_is_no_configuration)
{
	struct secure secure;
	struct daemon *daemon = &secure.scene.daemon;
	char output[2000];

	secure_init(&secure, &usual);
	configure(&secure, &usual);
	claim_number(daemon_run(output, sizeof(output), "callsieved",
				"-t -c %s", daemon->config),
		     0);
	remove(pem(&secure, "daemon"));
	claim_number(daemon_run(output, sizeof(output), "callsieved",
				"-t -c %s", daemon->config),
		     1);
	claim(strstr(output, "listen \"secure\": certificate ") &&
		      strstr(output, "No such file"),
	      "says: %s", output);
	peer_close(&secure.scene.caller);
	peer_close(&secure.scene.callee);
	daemon_fini(daemon);
}
END_TEST

/* RFC 3261 26.2.2 */
START_TEST(sips_goes_by_tls_to_the_end)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct peer spare;
	struct call call;
	char address[32], section[200], contact[100], uri[300];
	const struct message *answer;

	secure_init(&secure, &usual);
	peer_open(&spare, "spare", "udp",
		  daemon_address(address, &scene->daemon, 4), 0);
	configure(&secure, SECURE(.gateways = "\"spare\", \"core\"",
				  .sections = spare_section(section, &spare)));
	daemon_start(&scene->daemon);

	dialog_init(&call.caller, &scene->caller, CALLER, CALLEE);
	snprintf(uri, sizeof(uri), "sips%.290s",
		 strchr(call.caller.target, ':'));
	snprintf(call.caller.target, sizeof(call.caller.target), "%.255s", uri);
	snprintf(contact, sizeof(contact), "Contact: <sips:c@%s:%u>\r\n",
		 scene->caller.host, scene->caller.port);
	dialog_send(&call.caller, "INVITE",
		    PARTS(.body = OFFER, .contact = contact));
	call_reaches(&call, &scene->callee);
	claim(!strncmp(call.invite->uri, "sips:" CALLEE "@", 18),
	      "Request-URI: %s", call.invite->uri);
	claim(strstr(message_header(call.invite, "Contact", 0), "<sips:"),
	      "a Contact that is not sips");
	snprintf(contact, sizeof(contact), "Contact: <sips:g@%s:%u>\r\n",
		 scene->callee.host, scene->callee.port);
	dialog_reply(&call.callee, call.invite, 200,
		     PARTS(.body = ANSWER, .contact = contact));
	answer = dialog_expect(&call.caller, 200, "INVITE");
	claim(strstr(message_header(answer, "Contact", 0), "<sips:"),
	      "a Contact that is not sips");
	dialog_ack(&call.caller, NULL);
	dialog_expect_request(&call.callee, "ACK");
	dialog_send(&call.callee, "BYE", NULL);
	dialog_reply(&call.caller, dialog_expect_request(&call.caller, "BYE"),
		     200, NULL);
	dialog_expect(&call.callee, 200, "BYE");
	peer_close(&spare);
	scene_close(scene);
}
END_TEST

START_TEST(sips_without_tls_to_go_by_gets_480)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct dialog dialog;
	char uri[300];

	secure_open(&secure, SECURE(.callee = "udp"));
	dialog_init(&dialog, &scene->caller, CALLER, CALLEE);
	snprintf(uri, sizeof(uri), "sips%.290s", strchr(dialog.target, ':'));
	snprintf(dialog.target, sizeof(dialog.target), "%.255s", uri);
	dialog_send(&dialog, "INVITE", PARTS(.body = OFFER));
	dialog_expect_failure(&dialog, 480);
	scene_close(scene);
}
END_TEST

/* RFC 3261 16.7 (4): it is told, and not sent there. */
START_TEST(secure_call_is_not_redirected_to_insecurity)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	const struct message *invite;
	struct dialog dialog;
	char uri[300], lines[200];

	secure_init(&secure, &usual);
	snprintf(lines, sizeof(lines),
		 "\tredirects = \"follow\"\n\tredirect_hosts = {\"%s\"}\n",
		 scene->callee.host);
	configure(&secure, SECURE(.gateway = lines));
	daemon_start(&scene->daemon);
	dialog_init(&dialog, &scene->caller, CALLER, CALLEE);
	snprintf(uri, sizeof(uri), "sips%.290s", strchr(dialog.target, ':'));
	snprintf(dialog.target, sizeof(dialog.target), "%.255s", uri);
	dialog_send(&dialog, "INVITE", PARTS(.body = OFFER));
	invite = peer_expect(&scene->callee, 0, "INVITE", NULL);
	snprintf(lines, sizeof(lines), "Contact: <sip:x@%s:%u>\r\n",
		 scene->callee.host, scene->callee.port);
	peer_reply(&scene->callee, invite, 302, PARTS(.headers = lines));
	peer_expect(&scene->callee, 0, "ACK", NULL);
	dialog_expect_failure(&dialog, 302);
	scene_close(scene);
}
END_TEST

/* Several messages in one record, and one in many. */
START_TEST(records_of_tls_need_not_be_messages)
{
	struct secure secure;
	struct peer *caller = &secure.scene.caller;
	char text[2][512], both[1100];

	secure_open(&secure, SECURE(.callee = "udp"));
	for (int i = 0; i < 2; i++)
		snprintf(text[i], sizeof(text[i]),
			 "OPTIONS sip:x@%s SIP/2.0\r\n"
			 "Via: SIP/2.0/TLS %s:%u;branch=z9hG4bK-piece%d\r\n"
			 "From: <sip:a@a>;tag=%d\r\nTo: <sip:b@b>\r\n"
			 "Call-ID: piece%d\r\nCSeq: 1 OPTIONS\r\n"
			 "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
			 caller->target_uri, caller->host, caller->port, i, i,
			 i);
	for (size_t i = 0; i < strlen(text[0]); i++)
		peer_send(caller, text[0] + i, 1);
	peer_expect(caller, 200, "OPTIONS", "piece0");
	snprintf(both, sizeof(both), "\r\n\r\n%s\r\n\r\n%s", text[0], text[1]);
	memcpy(strstr(both, "piece0"), "pieceX", 6);
	memcpy(strstr(both, "Call-ID: piece0"), "Call-ID: pieceX", 15);
	peer_send(caller, both, strlen(both));
	peer_expect(caller, 200, "OPTIONS", "pieceX");
	peer_expect(caller, 200, "OPTIONS", "piece1");
	scene_close(&secure.scene);
}
END_TEST

/* RFC 5626 3.5.1. */
START_TEST(empty_lines_are_answered_within_tls)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	struct fake_tls_stream *stream;
	char answer[8] = "";
	struct call call;
	int fd;

	secure_open(&secure, NULL);
	fd = raw_connection(&secure);
	stream = fake_tls_handshake(scene->caller.tls, fd, false);
	for (int i = 0; i < 3; i++) {
		struct pollfd socket = {.fd = fd, .events = POLLIN};

		claim(fake_tls_send(stream, "\r\n\r\n", 4) == 4, "send");
		do
			claim(poll(&socket, 1, 5000) == 1, "no pong");
		while (fake_tls_recv(stream, answer, sizeof(answer)) != 2);
		claim_text(answer, "\r\n");
	}
	claim(fake_tls_send(stream, "\r\n", 2) == 2, "send");
	scene_ping(scene);
	claim(fake_tls_recv(stream, answer, sizeof(answer)) < 0, "not a ping");
	fake_tls_close(stream);
	close(fd);
	call_establish(&call, scene);
	peer_send(&scene->caller, "\r\n\r\n", 4);
	call_hang_up(&call);
	scene_close(scene);
}
END_TEST

/* More than a record holds, and then more than we take. */
START_TEST(big_messages_over_tls)
{
	struct secure secure;
	struct scene *scene = &secure.scene;
	static char line[60000], body[300000];
	struct call call;

	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "X-Big: ", 7);
	memcpy(line + sizeof(line) - 3, "\r\n", 2);
	secure_open(&secure, NULL);
	call_place(&call, scene, PARTS(.body = OFFER, .headers = line));
	claim_number((long)strlen(message_header(call.invite, "X-Big", 0)),
		     sizeof(line) - 10);
	call_refuse(&call, 486);

	memset(body, 'y', sizeof(body) - 1);
	scene->caller.tolerant = true;
	call_begin(&call, scene, CALLER, CALLEE, PARTS(.body = body));
	peer_poll(&scene->caller, 413, "INVITE", NULL, 1000);
	peer_hang_up(&scene->caller);
	expect_bridged(scene, CALLER);
	scene_close(scene);
}
END_TEST

Suite *tls_suite(void)
{
	Suite *suite = suite_create("tls");
	TCase *tests = scene_tcase(suite, "tls");

	tcase_add_test(tests, empty_lines_are_answered_within_tls);
	tcase_add_loop_test(tests, whole_calls_over_tls, 0, MIXES);
	tcase_add_loop_test(tests, client_certificates_open_the_door, 0,
			    ENTRIES);
	tcase_add_test(tests, trunk_with_subjects_takes_no_calls_without_tls);
	tcase_add_loop_test(tests,
			    gateway_with_another_certificate_is_passed_over, 0,
			    SERVERS);
	tcase_add_test(tests,
		       connection_to_a_gateway_is_used_again_and_made_anew);
	tcase_add_test(tests, requests_take_the_connection_the_caller_came_by);
	tcase_add_test(tests, gateway_that_shakes_no_hands_is_given_up);
	tcase_add_test(tests, caller_is_connected_to_when_it_has_hung_up);
	tcase_add_loop_test(tests,
			    what_is_no_tls_is_closed_and_leaves_calls_alone, 0,
			    NOISES);
	tcase_add_test(tests,
		       reload_changes_the_certificate_of_new_connections_alone);
	tcase_add_test(tests,
		       certificate_that_cannot_be_read_is_no_configuration);
	tcase_add_test(tests, sips_goes_by_tls_to_the_end);
	tcase_add_test(tests, sips_without_tls_to_go_by_gets_480);
	tcase_add_test(tests, secure_call_is_not_redirected_to_insecurity);
	tcase_add_test(tests, records_of_tls_need_not_be_messages);
	tcase_add_test(tests, big_messages_over_tls);
	return suite;
}
