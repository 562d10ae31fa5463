/* What a call and all around it are made of. One owner each, one place where
 * it is freed: the file its comment names, or else the one of its name. */
#ifndef CALLSIEVE_SIP_OBJECTS_H
#define CALLSIEVE_SIP_OBJECTS_H

struct buf;
struct call;
struct dialog;
struct leg;
struct redirect;
struct relay;
struct refusal;
struct reliable;
struct resolver;

/* The stack's callback types carry our types, not void pointers. */
#define NTA_AGENT_MAGIC_T    struct sip
#define NTA_LEG_MAGIC_T	     struct leg
#define NTA_OUTGOING_MAGIC_T void
#define NTA_INCOMING_MAGIC_T void

#include <sys/queue.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/su_uniqueid.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>

#include "callsieve/core/bucket.h"
#include "callsieve/core/config.h"
#include "callsieve/core/log_limit.h"
#include "callsieve/core/metrics.h"
#include "callsieve/sip.h"

#define TAG_CHARS     16 /* 51 random bits; RFC 3261 19.3 asks for 32 */
#define CALL_NAME_SIZE	24
#define SESSION_ID_SIZE 33 /* with a NUL */
#define CALL_ID_CHARS 32

/* What one peer can make a call hold: early dialogs, requests under way. */
#define DIALOGS_MAX   16
#define RELAYS_MAX    16
#define RELIABLES_MAX 8

#define RULE_SLOTS 256 /* of headers.c; a power of two, for speed */

#define CONTACT_MAX 512 /* bytes of a URI that a redirection names */

/* Addresses of one gateway. */
#define TARGETS_MAX 32

/* The stack searches its list of what it may have to send again in line, so
 * what stays unanswered must stay little. Beyond these a BYE is sent once, and
 * an INVITE given up is forgotten at once. */
#define BYES_MAX      1000
#define ABANDONED_MAX 100

#define ALLOW_BUT_REFER                                                        \
	"INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, MESSAGE, "    \
	"NOTIFY, SUBSCRIBE"
#define ALLOW ALLOW_BUT_REFER ", REFER"

/* Option tags that bind the ends and pass through us unharmed. A request that
 * requires any other is refused (RFC 3261 8.2.2.3). 100rel is one as well; but
 * where a response requires it, that is for its leg alone (see prack.c). */
#define REQUIRABLE                                                             \
	"timer, precondition, norefersub, siprec, record-aware, histinfo, "    \
	"199, ice, sdp-anat, resource-priority, "                              \
	"early-session, from-change, eventlist, answermode, "                  \
	"geolocation-http, geolocation-sip, multiple-refer, nosub, "           \
	"explicitsub, pref, privacy, policy, trickle-ice, uui, "               \
	"recipient-list-invite, replaces, join, tdialog"

struct connections;
struct secure_files;
struct ssl_ctx_st; /* OpenSSL's SSL_CTX */
struct ssl_st;	   /* OpenSSL's SSL */

struct listener {
	struct sip *sip;
	const char *name; /* the stack's ident of the transport */
	struct netaddr addr;
	const char *host; /* as in a URI */
	sip_contact_t *contacts[TRANSPORTS]; /* NULL: not spoken here */
	sip_contact_t *secure_contact;	     /* with sips: */
	int udp_socket;			     /* the stack's; -1: none */
	struct ssl_ctx_st *tls;		     /* a reference; NULL: no TLS */
};

/* How much of the limits is in use: of all calls, and of a trunk's, which
 * outlives reloads and is found by name. */
struct load {
	unsigned calls, setup, unacked, connections;
	struct bucket rate;
};

struct trunk_load {
	SLIST_ENTRY(trunk_load) link;
	struct load load;
	struct bucket share; /* of the rate of all */
	struct log_limit log;
	struct metric_subject *metrics;
	char name[];
};

/* What a new call is refused for. */
struct limit {
	const char *name;
	enum metric_of metric;
};

/* One address of a gateway: where an attempt goes, and whether it lives. Has
 * several owners: its gateway, and each call that went there. */
struct target {
	LIST_ENTRY(target) link; /* of its gateway */
	struct gateway *gateway;
	unsigned refs;
	unsigned id; /* never used again */
	unsigned priority, weight; /* among those of the gateway */
	struct netaddr addr;
	uint16_t port;
	enum config_transport transport;
	url_t *url; /* all that, as a URI: nothing to look up */
	const url_t *at; /* the same, or the name it is known by */
	bool named;	 /* by the last answer of DNS */
	const struct listener *listener; /* to send from */

	/* health.c */
	uint64_t shunned_ms; /* without a timer: until when it is not tried */
	bool down;
	unsigned streak;  /* OPTIONS in a row that speak against it */
	uint64_t asked_ms; /* the last */
	struct loop_timer *timer;
	nta_outgoing_t *probe;
	unsigned unheard;    /* INVITEs since the last response */
	uint64_t unheard_ms; /* the first of them */
	bool suspect;	     /* too many */
	bool trial_open;     /* but the next may try */
	uint64_t trial_ms;   /* the last such; 0: none yet */
};

/* Outlives reloads, because targets know it: found by name and URI. */
struct gateway {
	SLIST_ENTRY(gateway) link;
	struct sip *sip;
	char *name;
	char *uri;
	const struct config_gateway *config; /* NULL: not in the current one */
	unsigned answer_ms;
	enum config_refer refer;
	bool trusted;
	bool call_id_header;
	LIST_HEAD(, target) targets;
	struct target *bulk; /* TCP at the same address, for what is large; NULL */
	struct metric_subject *metrics;

	/* lookup.c, for a name */
	url_t *url;		   /* the name, with its port if any */
	struct loop_timer *lookup; /* NULL: it is an address */
	struct resolve *question;
	bool lookup_failed;
};

#define ONGOING_SLOTS 8192

/* An INVITE of a caller, while it has no final answer or that no ACK. */
struct ongoing {
	LIST_ENTRY(ongoing) link;
	uint64_t key; /* 0: not linked */
};

enum call_state {
	CALL_SCREENING, /* the verdict is awaited; nothing sent to anyone */
	CALL_TRYING,	/* INVITE at a gateway, which has not rung yet */
	CALL_RINGING,	/* a 18x went to the caller */
	CALL_ANSWERED,	/* the 2xx went to the caller, whose ACK is awaited */
	CALL_UP,
	CALL_ENDING, /* over; the last transactions run out */
};

/* One end of a dialog. */
struct leg {
	struct dialog *dialog;
	nta_leg_t *nta; /* NULL once it ended */
	const struct listener *listener;
	enum config_transport transport;
	tport_t *connection; /* not UDP: the caller came by it; a reference */
	bool routed;	     /* the peer gave a route set */
	char *next_hop; /* where requests go; NULL: by route set or Contact */
	nta_outgoing_t *bye; /* ours, unanswered */
	bool bye_again;	     /* that is our second */
};

/* A URI that a call was or is sent to, for its History-Info. */
struct history_entry {
	const url_t *uri;
	const struct history_entry *origin; /* which redirected to it, or NULL */
	const char *relation; /* to that one: "rc", "mp" or "np" */
	unsigned tried;	      /* in what order; 0: not yet */
	int status;	      /* its answer; 0: none yet */
};

/* What a caller is told who is not bridged. */
struct moved {
	struct sip_answer answer;
	const char *uri;	 /* of its first Contact, or NULL */
	struct gateway *gateway; /* that the first Contact is */
};

/* A dialog with the caller and the one with the callee it mirrors. */
struct dialog {
	LIST_ENTRY(dialog) link;
	struct call *call;
	struct leg caller, callee;
	char tag[TAG_CHARS + 1]; /* ours, towards the caller */
	uint32_t rseq;		 /* the callee's last RSeq passed on */
	char session_id[SESSION_ID_SIZE]; /* the callee's; "": none yet */
};

struct call {
	LIST_ENTRY(call) link;
	struct sip *sip;
	struct config *config; /* as it was when the call came; a reference */
	const struct config_trunk *trunk;
	struct trunk_load *load; /* NULL: see call_abandoned() */
	void *ctx; /* the owner's, until `ended` */
	char name[CALL_NAME_SIZE]; /* as the owner's log lines have it */
	enum call_state state;
	bool exempt;	  /* an emergency or the like: to be put through */
	bool reported;	  /* `ended` was sent */
	bool unwanted;	  /* so the callee says (RFC 8197) */
	msg_t *early_bye; /* the callee's, while the caller's ACK is awaited */

	/* towards the caller */
	struct ongoing ongoing;
	nta_incoming_t *irq; /* its INVITE, while it can be answered or ACKed */
	msg_t *invite;	     /* until the final answer */
	char *label_headers, *label_prefix, *label_verstat; /* likewise */
	const struct listener *listener;
	enum config_transport transport;
	bool secure;	     /* its Request-URI is sips */
	bool large;	     /* too large for UDP (RFC 3261 18.1.1) */
	tport_t *connection; /* by which it came, or the UDP socket; a
			      * reference */
	char source_uri[80];
	char tag[TAG_CHARS + 1]; /* of the first dialog, and of rejections */
	bool tagged;		 /* there was such a dialog */

	/* towards the callee */
	const struct config_route *route;
	struct target *target; /* of the last attempt; a reference */
	unsigned tried[CONFIG_ATTEMPTS_MAX], tried_count; /* ids of targets */
	msg_t *best;	 /* refusal yet, or NULL */
	int best_status; /* its status; 0: none */
	bool best_trusted; /* came from a trusted gateway */
	bool gateway_trusted;
	struct redirect *redirect; /* once a gateway redirected it, or NULL */
	bool aimed; /* meant for one party alone: takeover.c */
	const struct moved *moved; /* while the caller is told of it */
	nta_outgoing_t *orq;   /* our INVITE */
	bool responded;	     /* to it */
	bool unreachable;    /* it could not be sent */
	msg_t *held_answer;  /* its 2xx, until every PRACK has come */
	char call_id[CALL_ID_CHARS + 1];
	char session_id[SESSION_ID_SIZE]; /* the caller's; "": none yet */
	int status; /* the final one sent to the caller */

	LIST_HEAD(, dialog) dialogs;
	LIST_HEAD(, relay) relays;
	LIST_HEAD(, reliable) reliables; /* the caller's PRACK is awaited */
	unsigned dialogs_count, relays_count, reliables_count;
	struct loop_timer *timer; /* by state: first response, Timer C,
				     session, end */
	unsigned session_s; /* interval agreed on (RFC 4028), or 0 */
	int64_t answered_ms;
};

struct sip {
	struct loop *loop;
	nta_agent_t *agent;
	msg_mclass_t *parser;
	su_home_t home[1]; /* listeners, contacts, headers that never change */
	struct config *config;
	const struct sip_events *events;
	void *arg;
	struct listener *listeners;
	size_t listeners_count;
	struct secure_files *secure;
	struct connections *connections;
	SLIST_HEAD(, trunk_load) trunk_loads;
	struct trunk_load **loads; /* of the configuration's trunks */
	SLIST_HEAD(, gateway) gateways;
	unsigned targets_made;
	struct resolver *resolver; /* NULL: no gateway is a name */
	LIST_HEAD(, call) calls;
	LIST_HEAD(, refusal) refusals; /* whose ACK is awaited */
	LIST_HEAD(, ongoing) ongoing[ONGOING_SLOTS];
	struct load load;
	unsigned byes;	    /* sent, unanswered */
	unsigned abandoned; /* INVITEs given up, that may still be answered */
	struct recent *recent; /* rejected, */
	struct recent *shed;   /* refused for a limit */
	uint64_t backlog_since_ms, backlog_seen_ms; /* of backlog.c */
	struct log_limit log;  /* of what comes from no trunk */
	bool draining;
	char secret[TAG_CHARS + 1]; /* of stateless To tags */
	sip_allow_t *allow;
	sip_supported_t *bridgeable; /* option tags that cross us unharmed */
	sip_supported_t *requirable; /* those that a response may require */
	uint8_t rules[RULE_SLOTS];	    /* see headers_index() */
};

/* A message on its way from one leg to the other. */
struct crossing {
	struct call *call;
	struct leg *from, *to; /* NULL while there is no dialog */
	bool from_caller;
	bool from_trusted, to_trusted;
	bool initial;	  /* the caller's first INVITE itself */
	bool refusal;	  /* a final response but 2xx */
	const sip_t *sip; /* as received */
	msg_t *msg;	  /* as it will be sent */
	bool raw;	  /* headers keep their bytes */
};

/* Puts into crossing->msg what becomes of a header; negative: no memory. `h`
 * may be a sip_error_t, of a header that the stack could not parse. */
typedef int transform_f(const struct crossing *crossing, const msg_header_t *h);

#endif
