/* The configuration: read, checked and frozen. One option is one row of the
 * tables in src/core/config_table.c, with its default, its limits and the
 * sentence that documents it. Rules across options are checked too, so a
 * configuration that loads can be run. */
#ifndef CALLSIEVE_CORE_CONFIG_H
#define CALLSIEVE_CORE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "callsieve/core/log.h"
#include "callsieve/core/netaddr.h"

struct buf;

enum config_transport {
	TRANSPORT_UDP,
	TRANSPORT_TCP,
	TRANSPORT_TLS,
	TRANSPORTS, /* how many there are */
};

/* As in a URI's transport parameter. */
extern const char *const config_transport_names[TRANSPORTS];

enum config_client_certificate {
	CLIENT_CERTIFICATE_NONE,
	CLIENT_CERTIFICATE_OPTIONAL,
	CLIENT_CERTIFICATE_REQUIRED,
};

/* listen NAME { ... }: where SIP is received; PEM files by their paths */
struct config_listen {
	char *name;
	char *address; /* numeric, no brackets */
	uint16_t port, tls_port;
	bool transports[TRANSPORTS];
	char *certificate; /* with its chain */
	char *key;	   /* NULL: in the certificate's file */
	char *client_ca;
	enum config_client_certificate client_certificate;
};

/* A trunk by whose P-Asserted-Identity we go is a trusted peer: what else it
 * says of a caller, or of a call's rank, counts as well. */
enum config_identity { IDENTITY_PAI, IDENTITY_FROM };

/* Namespaces of Resource-Priority (RFC 4412 10, RFC 7135) */
enum config_namespace {
	NAMESPACE_DSN,
	NAMESPACE_DRSN,
	NAMESPACE_Q735,
	NAMESPACE_ETS,
	NAMESPACE_WPS,
	NAMESPACE_ESNET,
	NAMESPACES
};
extern const char *const config_namespace_names[NAMESPACES + 1]; /* NULL */

/* What becomes of a REFER from that side; else the status it gets. */
enum config_refer { REFER_PASS, REFER_DECLINE, REFER_NOT_ALLOWED };

/* limits { ... }, and the same names within a trunk; 0: no limit */
struct config_limits {
	unsigned max_calls;   /* calls at once */
	unsigned max_setup;   /* that do not ring yet */
	unsigned max_unacked; /* answers, refusals without the caller's ACK */
	unsigned max_calls_per_s; /* in the long run */
	unsigned calls_burst;	  /* at once; 0: as many as in a second */
	unsigned max_connections; /* opened by peers */
};

/* Why a call is rejected: what profiles tell apart. */
enum config_reason {
	REASON_SUBSCRIBER, /* the callee's own block */
	REASON_LIST,	   /* the operator's block list */
	REASON_DNO,	   /* the number is one that is only ever called */
	REASON_ANALYTICS,  /* signals, together */
	REASON_NUMBER,	   /* nobody can call from that number */
	REASON_ANONYMOUS,  /* the number is withheld by choice */
	REASON_STIR,	   /* the signature over the number does not hold */
	REASONS
};
extern const char *const config_reason_names[REASONS];

/* How a rejected call is answered. */
struct config_response {
	int status; /* 400..499, 600..699; 0: none */
	char *phrase;
	char **headers; /* "Name: value", with {redress_url}, {redress_id} */
	size_t headers_count;
};

/* profile NAME { ... }: a row of them, some built in. */
struct config_profile {
	char *name;
	struct config_response responses[REASONS];
	struct config_response without_608; /* where that is not understood */
};

/* How much of a verdict is carried out: all of it, at most a label, nothing. */
enum config_enforce { ENFORCE_YES, ENFORCE_LABEL, ENFORCE_NO };

/* What a call becomes that was challenged just before and has not passed. */
enum config_again { AGAIN_LABEL, AGAIN_REJECT };

/* greylist { ... } and challenge { ... } */
struct config_greylist {
	unsigned after_s, window_s; /* a call in between passes */
};
struct config_challenge {
	char *uri; /* with {token}, {callee}; NULL: there is none */
	unsigned valid_s;
	enum config_again again;
};

/* What labelled calls say of the check of their number. */
enum config_verstat { VERSTAT_KEEP, VERSTAT_NONE, VERSTAT_FAILED };

/* Callers who withhold their number: like any other, or 433 (RFC 5079). */
enum config_anonymous { ANONYMOUS_JUDGE, ANONYMOUS_REFUSE };

enum config_mode { MODE_BRIDGE, MODE_REDIRECT };
enum config_redirect_allow {
	REDIRECT_ALLOW_302,
	REDIRECT_ALLOW_404,
	REDIRECT_ALLOW_503,
};

/* trunk NAME { ... }: a peer that may send us calls */
struct config_trunk {
	char *name;
	struct cidr *sources;
	size_t sources_count;
	enum config_identity identity; /* pai: P-Asserted-Identity, else From */
	char *country;		       /* country calling code, "1" */
	char *route;		       /* name of a route */
	enum config_mode mode;
	enum config_redirect_allow redirect_allow; /* answers allowed calls */
	unsigned priority_namespaces; /* bits: 1 << enum config_namespace */
	struct config_limits limits;
	char **tls_subjects; /* names, one of which its certificate has */
	size_t tls_subjects_count;
	enum config_refer refer;
	bool screen;   /* no: bridge every call unjudged */
	bool outbound; /* its callers are our subscribers */
	enum config_enforce enforce;
	enum config_anonymous anonymous;
	/* Points; 0: never. Those of the section screening unless given. */
	int label_at, greylist_at, challenge_at, reject_at;
	char *profile; /* by its name, which exists */
};

enum config_redirects { REDIRECTS_PASS, REDIRECTS_FOLLOW };

/* gateway NAME { ... }: where calls go */
struct config_gateway {
	char *name;
	char *uri; /* as written: sip:HOST[:PORT][;transport=udp|tcp|tls] */
	struct netaddr host;
	char *domain;	    /* what the URI has in place of an address */
	uint16_t port;	    /* 0: none with a domain, so DNS says which */
	bool any_transport; /* likewise */
	enum config_transport transport;
	enum config_refer refer;
	bool trusted; /* may see what privacy hides from others */
	bool call_id_header; /* X-Callsieve-Call-ID in INVITEs to it */
	char *tls_ca;	/* PEM file; NULL: the authorities of the system */
	char *tls_name; /* in its certificate; NULL: the URI's host */
	char *listen; /* to send from; NULL: the one on the way there */
	unsigned options_interval_s; /* 0: no health checks */
	unsigned answer_ms;	     /* no response at all: next gateway */
	unsigned down_after, up_after; /* OPTIONS in a row */
	unsigned max_unanswered;       /* INVITEs in a row; 0: any number */
	enum config_redirects redirects; /* what becomes of its 3xx */
	struct cidr *redirect_hosts;	 /* where they may lead, besides */
	size_t redirect_hosts_count;	 /* gateways */
};

/* A gateway of a route. Those of the lowest priority share the calls by
 * weight; the others are for what these cannot take. */
#define CONFIG_HOPS_MAX	    32
#define CONFIG_ATTEMPTS_MAX 8

struct config_hop {
	size_t gateway; /* index in config.gateways */
	unsigned priority;
	unsigned weight;
};

/* route NAME { gateways = {"a=70 b=30", "c"} } */
struct config_route {
	char *name;
	struct config_hop *hops; /* by priority */
	size_t hops_count;
	int *failover_on; /* statuses that send a call to the next gateway */
	size_t failover_on_count;
	unsigned max_attempts; /* for one call */
};

/* dns { ... }: for gateways that are names */
struct config_dns {
	char **servers; /* ADDRESS:PORT; none: those of the system */
	size_t servers_count;
	unsigned ttl_min_s, ttl_max_s;
};

enum signal_id {
#define SIGNAL(id, name, points, sentence)		SIGNAL_##id,
#define MEASURE(id, name, points, from, full, sentence) SIGNAL_##id,
#include "callsieve/core/signals.def"
#undef SIGNAL
#undef MEASURE
	SIGNAL_COUNT
};

/* What a signal is worth: see signals.def. */
struct config_signal {
	int points;
	double from, full;
};

/* screening { ... } */
struct config_screening {
	struct config_signal signals[SIGNAL_COUNT];
	int label_at, greylist_at, challenge_at, reject_at; /* see trunk */
	char **shadow; /* signals that are shown and add nothing */
	size_t shadow_count;
	char **brands; /* as words_fold() leaves them */
	size_t brands_count;
	int hints_max_points, suspicions_max_points;
	int report_points;   /* for each distinct reporting subscriber */
	unsigned report_min; /* reporters before reports count at all */
	int report_max_points;
	unsigned emergency_window_s; /* after the callee dialled such; 0: none */
	int hearsay_points; /* for one who got no call from there */
	unsigned reputation_ms; /* all services together; 0: their own */
	char **emergency; /* dialled numbers never screened nor shed */
	size_t emergency_count;
	char **psaps; /* +E164 of emergency desks that may call back */
	size_t psaps_count;
};

/* history { ... }: entries of its tables, see history.h */
struct config_history {
	unsigned subjects, pairs;
	unsigned save_s; /* 0: not kept over restarts */
};

/* reputation NAME { ... }: a service that knows callers */
#define CONFIG_REPUTATIONS_MAX 8

enum config_auth {
	AUTH_NONE,
	AUTH_BEARER, /* RFC 6750 2.1 */
	AUTH_BASIC,  /* RFC 7617 */
	AUTH_HEADER,
	AUTH_QUERY,
};

enum config_scale {
	SCALE_LINEAR,
	SCALE_LOG,
	SCALE_BOOL,
	SCALE_STEPS, /* levels are numbers, each from there on */
	SCALE_ENUM,  /* levels are words */
};

enum config_format {
	FORMAT_JSON,
	FORMAT_TEXT,   /* the answer is one string */
	FORMAT_STATUS, /* it is the HTTP status, whatever the body */
};

struct config_reputation {
	char *name; /* "": the section has none */
	char *url; /* a template, as the next two: see mapping.h */
	char **headers; /* "Name: value" */
	size_t headers_count;
	char *body; /* NULL: none */
	bool post;  /* not GET */
	enum config_auth auth;
	char *auth_name; /* of the header or the parameter */
	char *secret;	 /* NULL: none */
	char *secret_file;
	char *tls_ca; /* NULL: the authorities that the system trusts */

	enum config_format format;
	char **miss_status; /* HTTP statuses: the number is not known */
	size_t miss_status_count;
	char **ok_when, **miss_when, **allow_when; /* conditions */
	size_t ok_when_count, miss_when_count, allow_when_count;
	char *score; /* JSON pointer (RFC 6901) to the score */
	enum config_scale scale;
	double score_min, score_max; /* mapped to a risk of 0..100 */
	char **levels;
	size_t levels_count;
	char *category; /* JSON pointer; NULL: none */
	char **categories;
	size_t categories_count;

	int points;		 /* for a risk of 100; less in proportion */
	int allow_points;	 /* where allow_when holds */
	unsigned risk_floor;	     /* risks below add nothing */
	unsigned deadline_ms;
	unsigned cache_hit_s, cache_miss_s, cache_error_s;
	unsigned stale_s; /* after that: used, and asked for anew */
	unsigned cache_entries;
	unsigned max_in_flight;
	unsigned max_per_s, max_per_day; /* requests; 0: no limit */
	unsigned max_body;	   /* bytes */
	bool cache_by_header; /* where the answer says how long */
	int error_points; /* for who could not be asked about */
	unsigned breaker_failures, breaker_percent, breaker_window_s;
	unsigned breaker_open_s, breaker_probe_percent;
};

/* redress { ... }; each may be NULL. Key and certificate go together. */
struct config_redress {
	char *url, *name, *email, *tel;
	char *key, *certificate; /* PEM files; we sign cards with them */
};

/* api { ... }; address NULL: no API */
struct config_api {
	char *address;
	uint16_t port;
	unsigned max_body;	      /* bytes */
	unsigned requests_per_minute; /* for one subscriber or address */
	unsigned max_connections;
};

struct config {
	char *path;	  /* the file it came from */
	unsigned refs;	  /* besides its first owner; see config_ref() */
	unsigned version; /* counts the reloads of this process; app sets it */

	struct config_listen *listens;
	size_t listens_count;
	struct config_trunk *trunks;
	size_t trunks_count;
	struct config_gateway *gateways;
	size_t gateways_count;
	struct config_route *routes;
	size_t routes_count;
	struct config_profile *profiles; /* besides those built in */
	size_t profiles_count;

	struct config_limits limits; /* of all trunks together */
	unsigned callee_burst; /* calls to one number; 0: no limit */
	unsigned callee_window_s;    /* and again after this */
	unsigned max_loop_lag_ms;    /* later than this: shed new calls */
	unsigned retry_after_s;	     /* in our 503s */
	unsigned timer_c_s;	     /* RFC 3261 16.6 (11) */
	unsigned min_se_s;	     /* RFC 4028 5; else 422 */
	unsigned max_call_s;	     /* 0: no limit */
	unsigned connection_idle_s;  /* without a message: closed */
	unsigned handshake_ms;	     /* a new connection's, or first bytes */
	unsigned drain_s;	     /* how long SIGTERM waits for calls */
	bool silent_unknown;	     /* unknown sources: silence, not 403 */
	bool trace;		     /* log each SIP message, at debug */

	struct config_dns dns;
	struct config_screening screening;
	struct config_history history;
	struct config_greylist greylist;
	struct config_challenge challenge;
	char *label_header; /* name; NULL: none */
	char *label_prefix; /* of display names; NULL: none */
	enum config_verstat label_verstat;
	char *label_info; /* Call-Info, with {id}, {score}; NULL: none */
	struct config_reputation *reputations;
	size_t reputations_count;
	struct config_redress redress;
	struct config_api api;

	char *database;		  /* path */
	unsigned record_queue;	  /* records waiting for the database */
	unsigned calls_keep_days; /* older call records are deleted; 0: never */

	enum log_level log_level;
	enum log_format log_format;
	bool mask_numbers;
};

/* Every error, not only the first, becomes a line `FILE:LINE: sentence` in
 * `errors`. -EINVAL, -errno when the file cannot be read (then `FILE:
 * sentence`), -ENOMEM. One at a time: libconfuse has one lexer. */
int config_load(struct config **configp, const char *path, struct buf *errors);

/* The same for who asks no service: reputation sections are passed over, since
 * their secrets are in the daemon's environment, or in files only it may
 * read. */
int config_peek(struct config **configp, const char *path, struct buf *errors);

/* The database that a file with mistakes names, as far as can be seen: for who
 * must steer the daemon that runs with the file as it was before. NULL: none;
 * else to free(). */
char *config_guess_database(const char *path);
void config_free(struct config *config);

/* A configuration is shared by the daemon and the calls that began under it.
 * Each config_ref() is undone by one config_free(); the last frees. All on one
 * thread. */
struct config *config_ref(struct config *config);

/* NULL: there is none of that name. */
const struct config_trunk *config_trunk_named(const struct config *config,
					      const char *name);

/* The same from text, as if from a file named `path`; for tests and fuzzing. */
int config_parse(struct config **configp, const char *path, const char *text,
		 struct buf *errors);

/* A copy of all it points to, and its end. -ENOMEM: fini it just the same. */
int config_reputation_copy(struct config_reputation *to,
			   const struct config_reputation *from);
void config_reputation_fini(struct config_reputation *reputation);

/* Whether the same question has the same answer under both. */
bool config_reputation_agree(const struct config_reputation *a,
			     const struct config_reputation *b);

/* Lent; NULL when there is none. */
const struct config_route *config_route_find(const struct config *config,
					     const char *name);

/* Shall this signal be shown and add nothing? */
bool config_in_shadow(const struct config *config, const char *signal);

/* Lent; NULL when there is none. */
const struct config_profile *config_profile_find(const struct config *config,
						 const char *name);

bool config_fails_over(const struct config_route *route, int status);

/* The trunk with the longest matching source, or NULL. */
const struct config_trunk *config_trunk_for(const struct config *config,
					    const struct netaddr *source);

/* Every option with default and sentence, in the form of a config file; what
 * etc/callsieve.conf and the man page are checked against. */
int config_print_options(struct buf *buf);

#endif
