/* SIP: listeners, gateways and the back-to-back user agent. Reports what
 * happens and obeys; what to do with a call is decided elsewhere. Everything
 * here is for the loop thread. */
#ifndef CALLSIEVE_SIP_H
#define CALLSIEVE_SIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct call; /* owned by sip; valid until its `ended` event */
struct config;
struct invite; /* valid for the duration of its event */
struct loop;
struct sip;

/* What an INVITE may do that others may not. */
struct privilege {
	bool exempt;   /* pass any limit (emergency and the like) */
	bool callback; /* say "Priority: psap-callback" (RFC 7090) */
};

enum invite_order {
	INVITE_BRIDGE, /* in redirect mode: tell the way */
	INVITE_REJECT, /* answered without keeping any state */
	INVITE_WAIT,   /* call_bridge() or call_reject() will follow */
};

struct sip_answer {
	int status;	    /* 300..699 */
	const char *phrase; /* this and the other texts are lent */
	unsigned retry_after_s; /* 0: none */
	const char *contacts;	/* of a 302; NULL: none */
	const char *headers;	/* lines "Name: value\n"; NULL: none */
};

enum call_party { PARTY_CALLER, PARTY_CALLEE, PARTY_CALLSIEVE };

struct call_end {
	enum call_party by;
	int status; /* the final answer the caller got */
	const char *phrase;
	int64_t answered_ms;	 /* epoch; 0: never */
	bool unwanted; /* a trusted gateway's side said 607, or hung up with
			* it (RFC 8197 4) */
	const char *gateway;	 /* last one tried, or NULL */
	const char *call_id_out; /* Call-ID of the last leg to it, or NULL */
	/* Where a gateway's redirection took the call, or, on a trunk in
	 * redirect mode, where we told the caller to go; else NULL. */
	const char *redirected_to;
};

struct sip_events {
	/* A new call: what to do with it. For INVITE_REJECT fills `answer`,
	 * whose texts stay until the next event; else leaves in *ctxp what the later events get as `ctx`, and `ended`
	 * will follow in any case. A retransmission is never reported. */
	enum invite_order (*invite)(const struct invite *invite,
				    struct sip_answer *answer, void **ctxp,
				    void *arg);

	/* Asked of each INVITE first, before any limit. */
	struct privilege (*privilege)(const struct invite *invite, void *arg);

	/* What our log lines shall call it; NULL: nothing. May be left out. */
	const char *(*name)(void *ctx);

	/* The call ordered to wait now exists. */
	void (*waiting)(struct call *call, void *ctx, void *arg);

	/* The last event of a call. */
	void (*ended)(const struct call_end *end, void *ctx, void *arg);
};

/* Binds every listen; -EADDRINUSE and the like were logged with the address.
 * `config` is held by reference. */
int sip_new(struct sip **sipp, struct loop *loop, struct config *config,
	    const struct sip_events *events, void *arg);

/* Ends what calls there are without ceremony; their `ended` events come. */
void sip_free(struct sip *sip);

/* Trunks, gateways, routes, limits and certificates from now on; calls in
 * progress keep the old ones. Listens cannot change: the caller has made sure.
 * -EINVAL after logging what is wrong with the certificates. */
int sip_configure(struct sip *sip, struct config *config);

/* Reads the files of certificates that `config` names; appends to `errors` a
 * line for each that cannot be used, and returns -EINVAL. */
int sip_check(const struct config *config, struct buf *errors);

/* From now on 503 with Retry-After to OPTIONS and new INVITEs. */
void sip_drain(struct sip *sip);

/* Sends BYE or CANCEL for every call. */
void sip_hangup_all(struct sip *sip);

/* Call objects alive. */
unsigned sip_calls(const struct sip *sip);

/* A parameter of a Request-URI that is for us alone. */
#define SIP_TOKEN_PARAM "callsieve-token"

/* What the callee shall be told of a doubtful call; each may be NULL. */
struct call_label {
	const char *headers;	    /* lines "Name: value\n", no CR */
	const char *display_prefix; /* no quotes, no backslashes */
	/* For gateways that are trusted, instead of what the caller's side says
	 * of its check of the number; NULL: that stays. */
	const char *verstat;
};

/* Before call_bridge(). Copies the texts. -ENOMEM. */
int call_label(struct call *call, const struct call_label *label);

/* Are two URIs the same (RFC 3261 19.1.4)? Each may stand in angle brackets;
 * one that cannot be read is no other's. */
bool sip_uri_same(const char *a, const char *b);

/* What INVITE_WAIT promised. After call_reject() the call is gone. */
void call_bridge(struct call *call);
void call_reject(struct call *call, const struct sip_answer *answer);

#endif
