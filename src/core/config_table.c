/* Every option: one row each. A new option is a row here, a field in struct
 * config, and its lines in etc/callsieve.conf. */
#include "config_reader.h"

#define COUNT(array)	 (sizeof(array) / sizeof(array[0]))
#define IN(type, member) offsetof(struct type, member)
#define MILLION		 1000000
#define POINTS_MAX	 100000
/* clang-format off */
#define LIMIT(in, name, fallback_text) \
	{#name, config_read_unsigned, fallback_text, 0, MILLION, \
	 IN(in, limits.name), .sentence = limit_##name}
#define OPTIONS(section) section##_options, COUNT(section##_options)
#define ARRAY(section, array, nameless) \
	#section, OPTIONS(section), true, false, IN(config, array), \
	IN(config, array##_count), sizeof(struct config_##section), nameless
#define TITLED(section, array) ARRAY(section, array, false)
#define NAMELESS(section, array) ARRAY(section, array, true)
#define SINGLE(section) #section, OPTIONS(section), false, false, 0, 0, 0, false
#define OPTIONAL(section) #section, OPTIONS(section), false, true, 0, 0, 0, false
/* clang-format on */

static const char limit_max_calls[] = "Calls at once; 0: no limit.";
static const char limit_max_setup[] =
	"Calls that do not ring yet, at once; 0: no limit.";
static const char limit_max_unacked[] =
	"Answers and refusals that lack the caller's ACK; 0: no limit.";
static const char limit_max_calls_per_s[] = "New calls a second; 0: no limit.";
static const char limit_calls_burst[] =
	"Of these as many may come at once; 0: those of one second.";
static const char limit_max_connections[] =
	"Connections by tcp and tls that peers have open; 0: no limit.";

static const char *const identities[] = {
	[IDENTITY_PAI] = "pai", [IDENTITY_FROM] = "from", NULL};
static const char *const refers[] = {[REFER_PASS] = "pass",
				     [REFER_DECLINE] = "603",
				     [REFER_NOT_ALLOWED] = "405",
				     NULL};
const char *const config_namespace_names[] = {
	[NAMESPACE_DSN] = "dsn",   [NAMESPACE_DRSN] = "drsn",
	[NAMESPACE_Q735] = "q735", [NAMESPACE_ETS] = "ets",
	[NAMESPACE_WPS] = "wps",   [NAMESPACE_ESNET] = "esnet",
	[NAMESPACES] = NULL};
static const char *const certificates[] = {
	[CLIENT_CERTIFICATE_NONE] = "none",
	[CLIENT_CERTIFICATE_OPTIONAL] = "optional",
	[CLIENT_CERTIFICATE_REQUIRED] = "required",
	NULL};
static const char *const sources[] = {"reject", "silent", NULL};
static const char *const modes[] = {
	[MODE_BRIDGE] = "bridge", [MODE_REDIRECT] = "redirect", NULL};
static const char *const enforces[] = {[ENFORCE_YES] = "yes",
				       [ENFORCE_LABEL] = "label",
				       [ENFORCE_NO] = "no",
				       NULL};
static const char *const anonymities[] = {
	[ANONYMOUS_JUDGE] = "judge", [ANONYMOUS_REFUSE] = "refuse", NULL};
static const char *const verstats[] = {
	[VERSTAT_KEEP] = "keep",
	[VERSTAT_NONE] = "No-TN-Validation",
	[VERSTAT_FAILED] = "TN-Validation-Failed",
	NULL};
static const char *const agains[] = {
	[AGAIN_LABEL] = "label", [AGAIN_REJECT] = "reject", NULL};
static const char *const allows[] = {[REDIRECT_ALLOW_302] = "302",
				     [REDIRECT_ALLOW_404] = "404",
				     [REDIRECT_ALLOW_503] = "503",
				     NULL};
static const char *const redirects[] = {
	[REDIRECTS_PASS] = "pass", [REDIRECTS_FOLLOW] = "follow", NULL};
static const char *const levels[] = {[LOG_LEVEL_ERROR] = "error",
				     [LOG_LEVEL_WARN] = "warn",
				     [LOG_LEVEL_INFO] = "info",
				     [LOG_LEVEL_DEBUG] = "debug",
				     NULL};
static const char *const formats[] = {
	[LOG_FORMAT_TEXT] = "text", [LOG_FORMAT_JSON] = "json", NULL};

static const struct config_option listen_options[] = {
	{"address", config_read_address, NULL, 0, 0, IN(config_listen, address),
	 OPTION_REQUIRED, "\"192.0.2.1\"",
	 .sentence = "Numeric IPv4 or IPv6 address to receive SIP on."},
	{"port", config_read_port, "5060", 1, 65535, IN(config_listen, port),
	 .sentence = "Port for udp and tcp."},
	{"transports", config_read_transport, "{\"udp\", \"tcp\"}", 0, 0, 0,
	 OPTION_LIST, .sentence = "Which of udp, tcp and tls."},
	{"tls_port", config_read_port, "5061", 1, 65535,
	 IN(config_listen, tls_port), .sentence = "Port for tls."},
	{"certificate", config_read_string, NULL, 0, 0,
	 IN(config_listen, certificate), 0, "\"/etc/callsieve/tls.pem\"",
	 .sentence = "PEM file of our certificate for tls, followed by those "
		     "between it and its root. A reload reads it anew."},
	{"key", config_read_string, NULL, 0, 0, IN(config_listen, key), 0,
	 "\"/etc/callsieve/tls.key\"",
	 .sentence = "PEM file of its private key; unset: it is in the same "
		     "file."},
	{"client_certificate", config_read_choice, "\"none\"", 0, 0,
	 IN(config_listen, client_certificate), .choices = certificates,
	 .sentence = "Of who connects by tls: none asks for no certificate, "
		     "optional checks one that is shown, required refuses "
		     "connections without."},
	{"client_ca", config_read_string, NULL, 0, 0,
	 IN(config_listen, client_ca), 0, "\"/etc/callsieve/peers.pem\"",
	 .sentence = "PEM file of the authorities that such certificates must "
		     "lead to."},
};

static const struct config_option trunk_options[] = {
	{"sources", config_read_source, NULL, 0, 0, IN(config_trunk, sources),
	 OPTION_LIST | OPTION_REQUIRED, "{\"192.0.2.0/28\", \"2001:db8::5\"}",
	 .sentence = "Addresses and ranges that its calls come from."},
	{"route", config_read_name, NULL, 0, 0, IN(config_trunk, route),
	 OPTION_REQUIRED, "\"out\"",
	 .sentence = "The route that its calls take."},
	{"mode", config_read_choice, "\"bridge\"", 0, 0,
	 IN(config_trunk, mode), .choices = modes,
	 .sentence = "bridge takes calls to a gateway; redirect tells the "
		     "caller's side where they may go, or that they may not."},
	{"redirect_allow", config_read_choice, "302", 0, 0,
	 IN(config_trunk, redirect_allow), .choices = allows,
	 .sentence = "How mode redirect answers calls that may pass: 302 with "
		     "the gateways of the route as Contacts, or 404 or 503 "
		     "where the other side then takes its own next route."},
	{"identity", config_read_choice, "\"pai\"", 0, 0,
	 IN(config_trunk, identity), .choices = identities,
	 .sentence =
		 "Who the caller is: pai believes P-Asserted-Identity and "
		 "falls back on From; from goes by From alone and removes what "
		 "only a trusted peer may say."},
	{"country", config_read_country, "\"1\"", 0, 0,
	 IN(config_trunk, country),
	 .sentence = "Country calling code by which its national numbers are "
		     "understood."},
	{"tls_subjects", config_read_subject, NULL, 0, 0,
	 IN(config_trunk, tls_subjects), OPTION_LIST, "{\"sbc.example.com\"}",
	 .sentence = "Its calls must come by tls, with a certificate that has "
		     "one of these names; others get 403. Unset: any way."},
	{"refer", config_read_choice, "\"pass\"", 0, 0, IN(config_trunk, refer),
	 .choices = refers,
	 .sentence = "REFER from there, which asks for a transfer: pass, or "
		     "603 or 405, with which it is refused."},
	{"screen", config_read_bool, "yes", 0, 0, IN(config_trunk, screen),
	 .sentence = "no bridges every call unjudged."},
	{"outbound", config_read_bool, "no", 0, 0, IN(config_trunk, outbound),
	 .sentence = "yes: its callers are our own subscribers; whom they "
		     "dial is known to them."},
	{"enforce", config_read_choice, "\"yes\"", 0, 0,
	 IN(config_trunk, enforce), .choices = enforces,
	 .sentence = "yes does with calls what is decided; label lets all of "
		     "them through, those to be refused with a label; no does "
		     "nothing. What would have been done is recorded and "
		     "counted."},
	{"anonymous", config_read_choice, "\"judge\"", 0, 0,
	 IN(config_trunk, anonymous), .choices = anonymities,
	 .sentence = "Callers who withhold their number: judge them like any "
		     "other, or refuse them with what the profile says."},
	{"label_at", config_read_points, NULL, 0, POINTS_MAX,
	 IN(config_trunk, label_at), 0, "50",
	 .sentence = "Unset, as the next three: as in the section screening."},
	{"greylist_at", config_read_points, NULL, 0, POINTS_MAX,
	 IN(config_trunk, greylist_at), 0, "75", .sentence = "Likewise."},
	{"challenge_at", config_read_points, NULL, 0, POINTS_MAX,
	 IN(config_trunk, challenge_at), 0, "80", .sentence = "Likewise."},
	{"reject_at", config_read_points, NULL, 0, POINTS_MAX,
	 IN(config_trunk, reject_at), 0, "100", .sentence = "Likewise."},
	{"profile", config_read_name, "\"generic\"", 0, 0,
	 IN(config_trunk, profile),
	 .sentence = "How rejected calls are answered: generic, us-fcc, ietf "
		     "or a profile of your own."},
	{"priority_namespaces", config_read_namespace, "{\"ets\", \"wps\"}", 0,
	 0, IN(config_trunk, priority_namespaces),
	 OPTION_LIST | OPTION_MAY_BE_EMPTY, .choices = config_namespace_names,
	 .sentence = "Namespaces of Resource-Priority whose calls are never "
		     "screened nor refused under load, where identity is pai: "
		     "dsn, drsn, q735, ets, wps, esnet."},
	LIMIT(config_trunk, max_calls, "0"),
	LIMIT(config_trunk, max_setup, "0"),
	LIMIT(config_trunk, max_unacked, "0"),
	LIMIT(config_trunk, max_calls_per_s, "0"),
	LIMIT(config_trunk, calls_burst, "0"),
	LIMIT(config_trunk, max_connections, "0"),
};

static const struct config_option gateway_options[] = {
	{"uri", config_read_uri, NULL, 0, 0, IN(config_gateway, uri),
	 OPTION_REQUIRED, "\"sip:192.0.2.7:5060;transport=udp\"",
	 .sentence = "sip:HOST, with :PORT and ;transport=udp, tcp or tls if "
		     "need be. A name is looked up as RFC 3263 says, by NAPTR "
		     "and SRV unless a port is given; /etc/hosts is not looked "
		     "at. An address without transport means UDP, and TCP for "
		     "INVITEs of more than 1300 bytes where it is taken."},
	{"tls_ca", config_read_string, NULL, 0, 0, IN(config_gateway, tls_ca),
	 0, "\"/etc/callsieve/peers.pem\"",
	 .sentence = "PEM file of the authorities that its certificate must "
		     "lead to; unset: those of the system."},
	{"tls_name", config_read_string, NULL, 0, 0,
	 IN(config_gateway, tls_name), 0, "\"gw.example.com\"",
	 .sentence = "The name that its certificate must have; unset: the "
		     "host in uri."},
	{"listen", config_read_name, NULL, 0, 0, IN(config_gateway, listen), 0,
	 "\"inside\"",
	 .sentence =
		 "The listen to send from; unset: the one on the way there."},
	{"call_id_header", config_read_bool, "no", 0, 0,
	 IN(config_gateway, call_id_header),
	 .sentence = "yes adds X-Callsieve-Call-ID to its INVITEs: the Call-ID "
		     "that the call came with, by which its two legs are found "
		     "in a trace."},
	{"trusted", config_read_bool, "yes", 0, 0, IN(config_gateway, trusted),
	 .sentence = "no removes what is for trusted peers alone, both ways: "
		     "P-Charging-Vector and the like always, "
		     "P-Asserted-Identity towards it when the caller asked for "
		     "privacy."},
	{"refer", config_read_choice, "\"pass\"", 0, 0,
	 IN(config_gateway, refer), .choices = refers,
	 .sentence = "REFER from there, as in a trunk."},
	{"options_interval_s", config_read_unsigned, "30", 0, 3600,
	 IN(config_gateway, options_interval_s),
	 .sentence = "Seconds between OPTIONS that ask whether it is alive; "
		     "0: none are sent."},
	{"answer_ms", config_read_unsigned, "2000", 100, 32000,
	 IN(config_gateway, answer_ms),
	 .sentence = "Milliseconds without any response to an INVITE before "
		     "the next gateway is tried, and to an OPTIONS before it "
		     "has failed."},
	{"down_after", config_read_unsigned, "2", 1, 100,
	 IN(config_gateway, down_after),
	 .sentence = "Failed OPTIONS in a row after which it is down. While "
		     "in doubt it is asked each second."},
	{"up_after", config_read_unsigned, "2", 1, 100,
	 IN(config_gateway, up_after),
	 .sentence = "Answered OPTIONS in a row after which it is up again."},
	{"max_unanswered", config_read_unsigned, "10", 0, 1000,
	 IN(config_gateway, max_unanswered),
	 .sentence = "INVITEs in a row without any response within half a "
		     "second, after which new calls go elsewhere until it "
		     "answers one; 0: any number."},
	{"redirects", config_read_choice, "\"pass\"", 0, 0,
	 IN(config_gateway, redirects), .choices = redirects,
	 .sentence = "What becomes of its 3xx: pass hands it to the caller, "
		     "follow sends the call where its Contacts say."},
	{"redirect_hosts", config_read_redirect_host, NULL, 0, 0, 0,
	 OPTION_LIST, "{\"192.0.2.64/28\"}",
	 .sentence = "Addresses and ranges that a redirection may lead to, "
		     "besides those of the gateways."},
};

static const struct config_option route_options[] = {
	{"gateways", config_read_gateway, NULL, 0, 0, 0,
	 OPTION_LIST | OPTION_REQUIRED, "{\"east=70 west=30\", \"spare\"}",
	 .sentence = "Tried in this order. Those within one pair of quotes "
		     "share the calls by weight, 1 unless given."},
	{"max_attempts", config_read_unsigned, "3", 1, CONFIG_ATTEMPTS_MAX,
	 IN(config_route, max_attempts),
	 .sentence = "Gateways, or addresses of one, tried for a call at "
		     "most."},
	{"failover_on", config_read_status, "{\"503\"}", 0, 0,
	 IN(config_route, failover_on), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Responses on which the next one is tried, of 408, 480, "
		     "500, 502, 503 and 504. A transport error and silence "
		     "are always such; once it rings nothing is."},
};

/* clang-format off */
#define RESPONSE(name, fallback_text, sentence_text) \
	{name, config_read_response, fallback_text, 0, 0, \
	 IN(config_profile, RESPONSE_IN), OPTION_LIST, \
	 .sentence = sentence_text}
/* clang-format on */

static const struct config_option profile_options[] = {
#define RESPONSE_IN responses[REASON_SUBSCRIBER]
	RESPONSE("subscriber", "{\"607 Unwanted\"}",
		 "Status, phrase and headers for what the callee has "
		 "blocked."),
#undef RESPONSE_IN
#define RESPONSE_IN responses[REASON_LIST]
	RESPONSE("list", "{\"607 Unwanted\"}",
		 "For what the block list rejects."),
#undef RESPONSE_IN
#define RESPONSE_IN responses[REASON_DNO]
	RESPONSE("dno", "{\"607 Unwanted\"}",
		 "For numbers that are only ever called (the table dno)."),
#undef RESPONSE_IN
#define RESPONSE_IN responses[REASON_ANALYTICS]
	RESPONSE("analytics", "{\"607 Unwanted\"}",
		 "For what signals reject together."),
#undef RESPONSE_IN
#define RESPONSE_IN responses[REASON_NUMBER]
	RESPONSE("number", "{\"607 Unwanted\"}",
		 "For calls from what can be no telephone number, or without "
		 "one."),
#undef RESPONSE_IN
#define RESPONSE_IN responses[REASON_ANONYMOUS]
	RESPONSE("anonymous", "{\"433 Anonymity Disallowed\"}",
		 "For callers who withhold their number, where that alone "
		 "rejects."),
#undef RESPONSE_IN
#define RESPONSE_IN responses[REASON_STIR]
	RESPONSE("stir", "{\"607 Unwanted\"}",
		 "For signatures that do not hold, where that alone rejects."),
#undef RESPONSE_IN
#define RESPONSE_IN without_608
	RESPONSE("without_608", "{\"607 Unwanted\"}",
		 "Instead of 608, where the INVITE has no +sip.608 in its "
		 "Feature-Caps."),
#undef RESPONSE_IN
};

static const struct config_option redress_options[] = {
	{"url", config_read_redress_url, NULL, 0, 0, IN(config, redress.url),
	 0, "\"https://callsieve.example/redress\"",
	 .sentence = "Where callers turn who were rejected by mistake: https; "
		     "{redress_url} in the headers of profiles."},
	{"key", config_read_string, NULL, 0, 0, IN(config, redress.key), 0,
	 "\"/etc/callsieve/redress.key\"",
	 .sentence = "PEM file of a private key of the curve P-256. With it "
		     "the API serves at /redress/ the signed cards that go "
		     "with 608 (RFC 8688)."},
	{"certificate", config_read_string, NULL, 0, 0,
	 IN(config, redress.certificate), 0, "\"/etc/callsieve/redress.pem\"",
	 .sentence = "PEM file of its certificate, followed by those between "
		     "it and its root."},
	{"name", config_read_card, "\"Call blocking\"", 0, 0,
	 IN(config, redress.name),
	 .sentence = "On the cards: whom callers turn to."},
	{"email", config_read_card, NULL, 0, 0, IN(config, redress.email), 0,
	 "\"redress@callsieve.example\"", .sentence = "On the cards."},
	{"tel", config_read_card_tel, NULL, 0, 0, IN(config, redress.tel), 0,
	 "\"+18005550100\"", .sentence = "On the cards."},
};

static const struct config_option dns_options[] = {
	{"servers", config_read_dns_server, NULL, 0, 0,
	 IN(config, dns.servers), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 "{\"192.0.2.53\", \"[2001:db8::53]:5353\"}",
	 .sentence = "Addresses to ask, with :PORT if need be; unset: those "
		     "of /etc/resolv.conf."},
	{"ttl_min_s", config_read_unsigned, "10", 1, 3600,
	 IN(config, dns.ttl_min_s),
	 .sentence = "Seconds an answer is used at least, and after which is "
		     "asked again when DNS failed. Meanwhile the last answer "
		     "stays in use."},
	{"ttl_max_s", config_read_unsigned, "3600", 1, 86400,
	 IN(config, dns.ttl_max_s),
	 .sentence = "Seconds after which is asked again at the latest."},
};

static const struct config_option sip_options[] = {
	{"unknown_source", config_read_silent, "\"reject\"", 0, 0,
	 IN(config, silent_unknown), .choices = sources,
	 .sentence = "Requests from addresses of no trunk: reject answers "
		     "403, silent answers nothing."},
	{"timer_c_s", config_read_unsigned, "185", 1, 3600,
	 IN(config, timer_c_s),
	 .sentence = "Seconds that a phone may ring (RFC 3261 16.6: more "
		     "than 180)."},
	{"min_se_s", config_read_unsigned, "90", 1, 86400, IN(config, min_se_s),
	 .sentence = "The shortest session interval, in seconds, that callers "
		     "may ask for (RFC 4028: not less than 90)."},
	{"max_call_s", config_read_unsigned, "0", 0, MILLION,
	 IN(config, max_call_s),
	 .sentence = "Seconds after its answer at which a call is ended; 0: "
		     "it may last for ever."},
	{"connection_idle_s", config_read_unsigned, "600", 1, 86400,
	 IN(config, connection_idle_s),
	 .sentence = "Seconds without a message after which a connection that "
		     "no call came by is closed."},
	{"handshake_ms", config_read_unsigned, "10000", 100, 60000,
	 IN(config, handshake_ms),
	 .sentence = "Milliseconds in which who connects must say something, "
		     "or have shaken hands by tls."},
	{"drain_s", config_read_unsigned, "30", 0, 86400, IN(config, drain_s),
	 .sentence = "Seconds that a stop waits for calls to end."},
	{"trace", config_read_bool, "no", 0, 0, IN(config, trace),
	 .sentence = "Log every SIP message, at level debug."},
};

static const struct config_option limits_options[] = {
	LIMIT(config, max_calls, "50000"),
	LIMIT(config, max_setup, "2000"),
	LIMIT(config, max_unacked, "2000"),
	LIMIT(config, max_calls_per_s, "0"),
	LIMIT(config, calls_burst, "0"),
	{"callee_burst", config_read_unsigned, "0", 0, MILLION,
	 IN(config, callee_burst),
	 .sentence = "Calls to one number that may come at once; more get 480. "
		     "0: no limit."},
	{"callee_window_s", config_read_unsigned, "10", 1, 3600,
	 IN(config, callee_window_s),
	 .sentence = "Seconds until as many calls may come to it again."},
	LIMIT(config, max_connections, "10000"),
	{"max_loop_lag_ms", config_read_unsigned, "200", 10, 60000,
	 IN(config, max_loop_lag_ms),
	 .sentence = "Lateness of our own timers, in milliseconds, at which "
		     "new calls are refused; likewise how long datagrams may "
		     "fill a quarter of the receive buffer."},
	{"retry_after_s", config_read_unsigned, "5", 1, 3600,
	 IN(config, retry_after_s),
	 .sentence = "Retry-After in the 503 that refused calls get, in "
		     "seconds."},
};

#define SIGNAL_IN(id, member) IN(config, screening.signals[SIGNAL_##id].member)
#define SIGNAL(id, name, points_text, sentence_text)                           \
	{name "_points",                                                       \
	 config_read_points,                                                   \
	 #points_text,                                                         \
	 -POINTS_MAX,                                                          \
	 POINTS_MAX,                                                           \
	 SIGNAL_IN(id, points),                                                \
	 .sentence = sentence_text},
#define MEASURE(id, name, points_text, from_text, full_text, sentence_text)    \
	SIGNAL(id, name, points_text, sentence_text)                           \
	{name "_from",                                                         \
	 config_read_double,                                                   \
	 #from_text,                                                           \
	 0,                                                                    \
	 MILLION,                                                              \
	 SIGNAL_IN(id, from),                                                  \
	 .sentence = "The measure from which that counts."},                   \
		{name "_full",                                                 \
		 config_read_double,                                           \
		 #full_text,                                                   \
		 0,                                                            \
		 MILLION,                                                      \
		 SIGNAL_IN(id, full),                                          \
		 .sentence = "The measure from which it counts in full."},

static const struct config_option screening_options[] = {
#include "callsieve/core/signals.def"
#undef SIGNAL
#undef MEASURE
	{"label_at", config_read_points, "50", 0, POINTS_MAX,
	 IN(config, screening.label_at),
	 .sentence = "Points at which a call is labelled; 0: never."},
	{"greylist_at", config_read_points, "75", 0, POINTS_MAX,
	 IN(config, screening.greylist_at),
	 .sentence = "Points at which a call is refused once, to pass when it "
		     "is tried again; 0: never. Unless it is given here or for "
		     "the trunk, 25 less than reject_at, and never where "
		     "reject_at is 0 or challenge_at is less."},
	{"challenge_at", config_read_points, "0", 0, POINTS_MAX,
	 IN(config, screening.challenge_at),
	 .sentence = "Points at which a call is redirected to the uri of the "
		     "section challenge; 0: never."},
	{"reject_at", config_read_points, "100", 0, POINTS_MAX,
	 IN(config, screening.reject_at),
	 .sentence = "Points at which a call is rejected; 0: never."},
	{"shadow", config_read_signal, "{}", 0, 0,
	 IN(config, screening.shadow), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Signals that are shown in explanations but add no "
		     "points, to try them out."},
	{"brands", config_read_brand,
	 "{\"bank\", \"credit union\", \"fraud department\", "
	 "\"fraud dept\", \"fraud prevention\", \"card services\", "
	 "\"internal revenue\", \"irs\", \"tax office\", "
	 "\"social security\", \"medicare\", \"amazon\", "
	 "\"paypal\", \"microsoft\"}",
	 0, 0, IN(config, screening.brands), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Words that only callers who are known or vouched for may "
		     "have in their display name: see display_brand_points. "
		     "Whole words, in any case and with any punctuation "
		     "between them."},
	{"hints_max_points", config_read_points, "74", 0, POINTS_MAX,
	 IN(config, screening.hints_max_points),
	 .sentence = "The most that hints add together: the signals that are "
		     "nobody's word, of the caller's number, name, rhythm, "
		     "reception and lack of a signature, or of hardly "
		     "anybody."},
	{"suspicions_max_points", config_read_points, "99", 0, POINTS_MAX,
	 IN(config, screening.suspicions_max_points),
	 .sentence = "The most that hints add together with suspicions, "
		     "which the caller may know nothing of: see README; or "
		     "hints_max_points, if that is more."},
	{"reputation_ms", config_read_unsigned, "0", 0, 10000,
	 IN(config, screening.reputation_ms),
	 .sentence = "The longest a call waits for all reputation services "
		     "together, in milliseconds; 0: only the deadline_ms of "
		     "each counts."},
	{"report_points", config_read_points, "40", 0, POINTS_MAX,
	 IN(config, screening.report_points),
	 .sentence = "Points for each subscriber who reported the caller and "
		     "got a call from there."},
	{"hearsay_points", config_read_points, "2", 0, POINTS_MAX,
	 IN(config, screening.hearsay_points),
	 .sentence = "Points for each who reported it without; together no "
		     "more than half of report_points."},
	{"report_min", config_read_unsigned, "2", 1, MILLION,
	 IN(config, screening.report_min),
	 .sentence = "Subscribers it takes before reports count at all."},
	{"report_max_points", config_read_points, "120", 0, POINTS_MAX,
	 IN(config, screening.report_max_points),
	 .sentence = "The most points that reports add."},
	{"emergency", config_read_emergency, "{\"911\", \"112\", \"999\"}", 0,
	 0, IN(config, screening.emergency), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Dialled numbers that are never screened nor refused "
		     "under load."},
	{"emergency_window_s", config_read_unsigned, "7200", 0, 7 * 86400,
	 IN(config, screening.emergency_window_s),
	 .sentence = "Seconds in which nobody who calls is refused, after the "
		     "callee dialled an emergency number; 0: none."},
	{"psaps", config_read_psap, "{}", 0, 0, IN(config, screening.psaps),
	 OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Numbers of emergency desks. Their calls back, marked "
		     "\"Priority: psap-callback\" and from a trunk where "
		     "identity is pai, are never screened nor refused under "
		     "load; others lose that mark."},
};

static const struct config_option label_options[] = {
	{"header", config_read_label_header, "\"X-Spam-Score\"", 0, 0,
	 IN(config, label_header),
	 .sentence = "Name of the header that holds score, signals and id of "
		     "a labelled call; it begins with X-. \"\": none."},
	{"display_prefix", config_read_display, "\"\"", 0, 0,
	 IN(config, label_prefix),
	 .sentence = "Put before the caller's display name, in From and where "
		     "it has one in P-Asserted-Identity. \"\": nothing."},
	{"verstat", config_read_choice, "\"keep\"", 0, 0,
	 IN(config, label_verstat), .choices = verstats,
	 .sentence = "What labelled calls say of the check of their number, in "
		     "verstat of From and P-Asserted-Identity, towards trusted "
		     "gateways: keep what is there, No-TN-Validation or "
		     "TN-Validation-Failed."},
	{"call_info", config_read_call_info, NULL, 0, 0, IN(config, label_info),
	 0, "\"<https://callsieve.example/why/{id}>;purpose=info\"",
	 .sentence = "A Call-Info header for labelled calls (RFC 3261 20.9); "
		     "{id} and {score} are replaced by those of the call."},
};

static const struct config_option greylist_options[] = {
	{"after_s", config_read_unsigned, "8", 1, 3600,
	 IN(config, greylist.after_s),
	 .sentence = "Seconds before which a second try does not count; also "
		     "the Retry-After of the refusal."},
	{"window_s", config_read_unsigned, "3600", 10, 604800,
	 IN(config, greylist.window_s),
	 .sentence = "Seconds within which it must come; once it has, calls of "
		     "the pair pass until there was none for as long."},
};

static const struct config_option challenge_options[] = {
	{"uri", config_read_challenge, NULL, 0, 0, IN(config, challenge.uri),
	 0, "\"sip:{callee}@192.0.2.30;callsieve-token={token}\"",
	 .sentence = "Where challenged calls are redirected to. {callee} is "
		     "replaced by the number that was called, {token} by what "
		     "lets the call pass once when it comes back with it as "
		     "the parameter callsieve-token of its Request-URI."},
	{"valid_s", config_read_unsigned, "180", 10, 3600,
	 IN(config, challenge.valid_s),
	 .sentence = "Seconds within which it must come back."},
	{"again", config_read_choice, "\"label\"", 0, 0,
	 IN(config, challenge.again), .choices = agains,
	 .sentence = "What becomes of a call that was challenged within these "
		     "seconds and has not passed: label or reject. It is never "
		     "challenged twice in a row."},
};

static const struct config_option history_options[] = {
	{"subjects", config_read_unsigned, "250000", 1000, 20 * MILLION,
	 IN(config, history.subjects),
	 .sentence = "Callers, number ranges, origin identifiers and signers whose "
		     "behaviour is remembered; 96 bytes each."},
	{"pairs", config_read_unsigned, "1000000", 1000, 100 * MILLION,
	 IN(config, history.pairs),
	 .sentence = "Pairs of caller and callee that are remembered; 24 "
		     "bytes each."},
	{"save_s", config_read_unsigned, "600", 0, 86400,
	 IN(config, history.save_s),
	 .sentence = "Seconds after which all that is written to a file beside "
		     "the database, as it is at the end, to be read at the "
		     "start; 0: it is forgotten with each stop."},
};

static const char *const methods[] = {"GET", "POST", NULL};
static const char *const auths[] = {
	[AUTH_NONE] = "none",	  [AUTH_BEARER] = "bearer",
	[AUTH_BASIC] = "basic",	  [AUTH_HEADER] = "header",
	[AUTH_QUERY] = "query",	  NULL};
static const char *const answer_formats[] = {
	[FORMAT_JSON] = "json",
	[FORMAT_TEXT] = "text",
	[FORMAT_STATUS] = "status",
	NULL};
static const char *const scales[] = {
	[SCALE_LINEAR] = "linear", [SCALE_LOG] = "log",
	[SCALE_BOOL] = "bool",	   [SCALE_STEPS] = "steps",
	[SCALE_ENUM] = "enum",	   NULL};

static const struct config_option reputation_options[] = {
	{"url", config_read_url, NULL, 0, 0, IN(config_reputation, url),
	 OPTION_REQUIRED, "\"https://reputation.example/v1/{e164-noplus}\"",
	 .sentence = "Where to ask. {e164} is replaced by +12025550123, "
		     "{e164-noplus} by 12025550123, {national} by 2025550123, "
		     "{00} by 0012025550123, {country} by 1, {sha1}, {SHA1} and "
		     "{sha256} by the digest of +12025550123, {time} by the "
		     "seconds since 1970; "
		     "{callee-e164}, {callee-e164-noplus} and "
		     "{callee-national} give away who is called."},
	{"headers", config_read_header, NULL, 0, 0,
	 IN(config_reputation, headers), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 "{\"Authorization: Bearer ${REPUTATION_TOKEN}\"}",
	 .sentence = "Sent with each request. ${NAME} is an environment "
		     "variable, which keeps secrets out of this file."},
	{"method", config_read_silent, "\"GET\"", 0, 0,
	 IN(config_reputation, post), .choices = methods,
	 .sentence = "GET or POST."},
	{"body", config_read_body, "\"\"", 0, 0, IN(config_reputation, body),
	 .sentence = "Sent with POST, with the same words in braces; as JSON "
		     "if it begins like that, else as a form."},
	{"auth", config_read_choice, "\"none\"", 0, 0,
	 IN(config_reputation, auth), .choices = auths,
	 .sentence = "none, bearer, basic, header or query: where the secret "
		     "goes."},
	{"auth_name", config_read_auth_name, NULL, 0, 0,
	 IN(config_reputation, auth_name), 0, "\"X-API-Key\"",
	 .sentence = "Name of the header or the query's parameter that holds "
		     "the secret."},
	{"secret", config_read_secret, NULL, 0, 0,
	 IN(config_reputation, secret), 0, "\"${REPUTATION_TOKEN}\"",
	 .sentence = "The token, or USER:PASSWORD for basic. It is never "
		     "logged."},
	{"secret_file", config_read_string, NULL, 0, 0,
	 IN(config_reputation, secret_file), 0,
	 "\"reputation.secret\"",
	 .sentence = "A file whose first line is the secret; read at start and "
		     "reload."},
	{"tls_ca", config_read_string, NULL, 0, 0,
	 IN(config_reputation, tls_ca), 0, "\"/etc/callsieve/services.pem\"",
	 .sentence = "PEM file of the authorities that the certificate of an "
		     "https service must lead to; unset: those of the "
		     "system."},
	{"format", config_read_choice, "\"json\"", 0, 0,
	 IN(config_reputation, format), .choices = answer_formats,
	 .sentence = "json; or text: the whole answer is one string; or "
		     "status: it is the HTTP status. Of the latter two the "
		     "score is all there is, and in conditions it has no "
		     "pointer: \"= unknown\"."},
	{"miss_status", config_read_miss_status, "{\"404\", \"204\"}", 0, 0,
	 IN(config_reputation, miss_status), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "HTTP statuses that mean that the number is not known, "
		     "whatever the body. Else 200 to 299 is an answer, and "
		     "anything else an error; redirects are not followed."},
	{"miss_when", config_read_miss_when, "{}", 0, 0,
	 IN(config_reputation, miss_when), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Conditions, such as \"/found = false\", any of which "
		     "means that the number is not known; compared by =, !=, "
		     "<, <=, > or >=, and \"/error\" alone is what is neither "
		     "false nor null. They are looked at first, so that such "
		     "an answer is no error by ok_when. \"/data/0 = null\" "
		     "also holds where there is no such value."},
	{"ok_when", config_read_ok_when, "{}", 0, 0,
	 IN(config_reputation, ok_when), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Conditions that an answer must meet, all of them, or it "
		     "is an error."},
	{"allow_when", config_read_allow_when, "{}", 0, 0,
	 IN(config_reputation, allow_when), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "Conditions, any of which means a caller known to be "
		     "good: allow_points instead of a risk."},
	{"allow_points", config_read_points, "-50", -POINTS_MAX, 0,
	 IN(config_reputation, allow_points),
	 .sentence = "Points for a caller known to be good."},
	{"score", config_read_pointer, "\"/score\"", 0, 0,
	 IN(config_reputation, score),
	 .sentence = "JSON pointer (RFC 6901) to the score in the answer."},
	{"scale", config_read_choice, "\"linear\"", 0, 0,
	 IN(config_reputation, scale), .choices = scales,
	 .sentence = "How it becomes a risk of 0 to 100: linear or log between "
		     "score_min and score_max, bool, steps (numbers) or enum "
		     "(words) by levels."},
	{"score_min", config_read_double, "0", -1e9, 1e9,
	 IN(config_reputation, score_min),
	 .sentence = "The score that means no risk."},
	{"score_max", config_read_double, "100", -1e9, 1e9,
	 IN(config_reputation, score_max),
	 .sentence = "The score that means the highest risk; less than "
		     "score_min where high scores are good."},
	{"levels", config_read_level, "{}", 0, 0,
	 IN(config_reputation, levels), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "\"WORD = RISK\" for enum, \"*\" being any other word; "
		     "\"NUMBER = RISK\" for steps, from that number on."},
	{"category", config_read_pointer, NULL, 0, 0,
	 IN(config_reputation, category), 0, "\"/category\"",
	 .sentence = "JSON pointer to a category, which is shown, and is a "
		     "risk of its own: the higher counts."},
	{"categories", config_read_category, "{}", 0, 0,
	 IN(config_reputation, categories), OPTION_LIST | OPTION_MAY_BE_EMPTY,
	 .sentence = "\"WORD = RISK\" as for levels."},
	{"points", config_read_points, "90", -POINTS_MAX, POINTS_MAX,
	 IN(config_reputation, points),
	 .sentence = "Points for the highest risk, less in proportion. "
		     "Less than reject_at puts a call off at most, "
		     "whatever else is suspected."},
	{"risk_floor", config_read_unsigned, "50", 0, 100,
	 IN(config_reputation, risk_floor),
	 .sentence = "Risks below this, of 0 to 100, add nothing."},
	{"deadline_ms", config_read_unsigned, "300", 10, 10000,
	 IN(config_reputation, deadline_ms),
	 .sentence = "The longest a call waits for the answer, in "
		     "milliseconds; then it goes on without."},
	{"cache_hit_s", config_read_unsigned, "3600", 0, 604800,
	 IN(config_reputation, cache_hit_s),
	 .sentence = "Seconds that a score is remembered."},
	{"cache_miss_s", config_read_unsigned, "600", 0, 604800,
	 IN(config_reputation, cache_miss_s),
	 .sentence = "Seconds that a number without score is remembered."},
	{"cache_error_s", config_read_unsigned, "10", 0, 3600,
	 IN(config_reputation, cache_error_s),
	 .sentence = "Seconds before a number that could not be asked is "
		     "asked again."},
	{"cache_by_header", config_read_bool, "no", 0, 0,
	 IN(config_reputation, cache_by_header),
	 .sentence = "Whether the service says how long its answers are "
		     "remembered (Cache-Control, RFC 9111), the seconds above "
		     "being for those that do not say."},
	{"error_points", config_read_points, "0", 0, POINTS_MAX,
	 IN(config_reputation, error_points),
	 .sentence = "Points for a caller that the service could not be asked "
		     "about: 0, as who is unchecked is neither bad nor good."},
	{"stale_s", config_read_unsigned, "0", 0, 604800,
	 IN(config_reputation, stale_s),
	 .sentence = "Seconds longer that an answer is used while it is asked "
		     "for anew, so that no call waits."},
	{"cache_entries", config_read_unsigned, "100000", 1, 10 * MILLION,
	 IN(config_reputation, cache_entries),
	 .sentence = "Numbers remembered at most."},
	{"max_in_flight", config_read_unsigned, "200", 1, 10000,
	 IN(config_reputation, max_in_flight),
	 .sentence = "Requests under way at once; calls beyond them go on "
		     "without."},
	{"max_per_s", config_read_unsigned, "0", 0, MILLION,
	 IN(config_reputation, max_per_s),
	 .sentence = "Requests a second; 0: no limit."},
	{"max_per_day", config_read_unsigned, "0", 0, 1000 * MILLION,
	 IN(config_reputation, max_per_day),
	 .sentence = "Requests a day, of UTC and of this process; 0: no limit."},
	{"max_body", config_read_unsigned, "65536", 64, 16777216,
	 IN(config_reputation, max_body),
	 .sentence = "The largest answer accepted, in bytes."},
	{"breaker_failures", config_read_unsigned, "5", 1, 1000,
	 IN(config_reputation, breaker_failures),
	 .sentence = "After this many failures in a row nothing is asked for "
		     "breaker_open_s; likewise when as many within "
		     "breaker_window_s are breaker_percent of the requests."},
	{"breaker_percent", config_read_unsigned, "50", 1, 100,
	 IN(config_reputation, breaker_percent),
	 .sentence = "See breaker_failures."},
	{"breaker_window_s", config_read_unsigned, "30", 1, 3600,
	 IN(config_reputation, breaker_window_s),
	 .sentence = "See breaker_failures."},
	{"breaker_open_s", config_read_unsigned, "10", 1, 3600,
	 IN(config_reputation, breaker_open_s),
	 .sentence = "Seconds until the service is tried again."},
	{"breaker_probe_percent", config_read_unsigned, "10", 1, 100,
	 IN(config_reputation, breaker_probe_percent),
	 .sentence = "Of the questions after that, as many are asked, but no "
		     "call waits for them, until three answers in a row are "
		     "good; one bad answer, and nothing is asked for "
		     "breaker_open_s again."},
};

static const struct config_option api_options[] = {
	{"address", config_read_address, "\"127.0.0.1\"", 0, 0,
	 IN(config, api.address),
	 .sentence = "Numeric address to serve HTTP on. It speaks no TLS: "
		     "put a proxy before it."},
	{"port", config_read_port, "8080", 1, 65535, IN(config, api.port),
	 .sentence = "TCP port to serve HTTP on."},
	{"max_body", config_read_unsigned, "4096", 256, 1048576,
	 IN(config, api.max_body),
	 .sentence = "The largest request body accepted, in bytes."},
	{"requests_per_minute", config_read_unsigned, "60", 1, MILLION,
	 IN(config, api.requests_per_minute),
	 .sentence = "Requests a minute for one subscriber or address."},
	{"max_connections", config_read_unsigned, "100", 1, 10000,
	 IN(config, api.max_connections), .sentence = "Connections at once."},
};

static const struct config_option database_options[] = {
	{"path", config_read_string, "\"callsieve.db\"", 0, 0,
	 IN(config, database),
	 .sentence = "The SQLite file; relative to the working directory."},
	{"record_queue", config_read_unsigned, "10000", 10, MILLION,
	 IN(config, record_queue),
	 .sentence = "Call records that may wait for a database that cannot "
		     "be written; more are dropped and counted."},
	{"calls_keep_days", config_read_unsigned, "90", 0, 36500,
	 IN(config, calls_keep_days),
	 .sentence = "Days after which call records are deleted; 0: never."},
};

static const struct config_option log_options[] = {
	{"level", config_read_choice, "\"info\"", 0, 0, IN(config, log_level),
	 .choices = levels, .sentence = "error, warn, info or debug."},
	{"format", config_read_choice, "\"text\"", 0, 0, IN(config, log_format),
	 .choices = formats,
	 .sentence = "text (key=value) or json, one line an event."},
	{"mask_numbers", config_read_bool, "no", 0, 0, IN(config, mask_numbers),
	 .sentence = "Hide the last four digits of telephone numbers."},
};

const struct config_section_type config_section_types[] = {
	{TITLED(listen, listens), "Where SIP is received."},
	{TITLED(trunk, trunks), "A peer that may send us calls."},
	{TITLED(gateway, gateways), "Where calls go."},
	{TITLED(route, routes), "Gateways for the same calls."},
	{TITLED(profile, profiles),
	 "How rejected calls are answered. In each list first the status and "
	 "the phrase, then headers."},
	{SINGLE(redress), "Where rejected callers turn."},
	{SINGLE(dns), "How gateways that are names are looked up."},
	{SINGLE(sip), "How SIP is spoken."},
	{SINGLE(limits),
	 "What all trunks together may use; beyond it calls get 503."},
	{SINGLE(screening), "What the signals are worth."},
	{SINGLE(greylist), "How long who is refused once must wait, and may."},
	{SINGLE(challenge), "Where callers can show good will: an IVR, a "
			    "voice mailbox."},
	{SINGLE(label), "How the callee is told of a doubtful call."},
	{SINGLE(history), "What earlier calls say; the least known and "
			  "longest unseen is forgotten first."},
	{NAMELESS(reputation, reputations),
	 "An HTTP service that knows callers; all of them are asked at once."},
	{OPTIONAL(api),
	 "Reports by subscribers, and metrics; without this section there is "
	 "no API."},
	{SINGLE(database), "Lists, reports and call records."},
	{SINGLE(log), "The log, on standard error."},
};

const size_t config_section_types_count = COUNT(config_section_types);
