/* DNS queries by c-ares, for locate.c. */
#ifndef RESOLVE_RESOLVER_H
#define RESOLVE_RESOLVER_H

#include <stddef.h>

struct loop;
struct resolver;

/* 0, -ENOENT when there is no such name or record, -EIO for what says nothing
 * of the name. */
typedef void resolver_h(int err, const unsigned char *data, size_t len,
			void *arg);

/* Asks for records of one type (RFC 1035 3.2.2). `h` runs exactly once, maybe
 * before this returns, and when the resolver is freed at the latest. */
void resolver_query(struct resolver *resolver, const char *name, int type,
		    resolver_h *h, void *arg);

struct loop *resolver_loop(const struct resolver *resolver);

#endif
