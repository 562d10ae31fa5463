/* Where a SIP domain is to be reached: its name to addresses, ports and
 * transports by RFC 3263 (NAPTR, SRV, then A and AAAA), asked of DNS without
 * ever blocking. Remembers nothing; an answer says how long it holds.
 * /etc/hosts is not looked at. Everything here is for the loop thread. */
#ifndef CALLSIEVE_RESOLVE_H
#define CALLSIEVE_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "callsieve/core/config.h"
#include "callsieve/core/netaddr.h"

struct loop;
struct resolve;	 /* one question under way: owned by whoever asked it */
struct resolver; /* must outlive its questions */

#define RESOLVE_TARGETS_MAX 32

struct resolve_question {
	const char *host;   /* a name */
	uint16_t port;	    /* 0: not given, so that SRV decides */
	bool any_transport; /* none given, so that NAPTR or SRV decides */
	bool transports[TRANSPORTS]; /* that can be used; or the one given */
	bool v4, v6;		     /* likewise */
};

struct resolve_target {
	struct netaddr addr;
	uint16_t port;
	enum config_transport transport;
	unsigned priority, weight; /* RFC 2782; of the addresses of a name
				      each has its part of the weight */
};

struct resolve_answer {
	int err; /* 0; -ENOENT: there is no such service; -EIO: DNS failed, and
		    the targets may be some of several */
	const struct resolve_target *targets;
	size_t count;
	unsigned ttl_s;
};

typedef void resolve_h(const struct resolve_answer *answer, void *arg);

/* `servers`: "ADDRESS:PORT,...", IPv6 in brackets; NULL: those of
 * /etc/resolv.conf, which is read here and never again. */
int resolver_new(struct resolver **resolverp, struct loop *loop,
		 const char *servers);
void resolver_free(struct resolver *resolver);

/* On 0, `h` runs exactly once, from the loop, never before this returns. */
int resolve_start(struct resolve **resolvep, struct resolver *resolver,
		  const struct resolve_question *question, resolve_h *h,
		  void *arg);

/* Gives up the question if it is still open; required once for each, also from
 * within its handler. NULL is fine. */
void resolve_free(struct resolve *resolve);

#endif
