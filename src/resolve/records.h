/* The records of a DNS answer, for locate.c. */
#ifndef RESOLVE_RECORDS_H
#define RESOLVE_RECORDS_H

#include <stddef.h>
#include <stdint.h>

#include "callsieve/core/netaddr.h"

#define RECORD_TEXT 64 /* flags and services of NAPTR; longer ones are cut */

enum { RECORD_A = 1, RECORD_AAAA = 28, RECORD_SRV = 33, RECORD_NAPTR = 35 };

struct record {
	int type;
	unsigned ttl_s;
	struct netaddr addr; /* A, AAAA */
	const char *name;    /* SRV: target; NAPTR: replacement; "": the root */
	unsigned first, second; /* SRV: priority, weight; NAPTR: order,
				   preference */
	uint16_t port;		/* SRV */
	char flags[RECORD_TEXT], service[RECORD_TEXT]; /* NAPTR */
	size_t regexp_len;
};

/* `record` is lent. */
typedef void record_h(const struct record *record, void *arg);

/* Calls `h` for each record of that type among the answers. -EBADMSG when the
 * message is broken: then it was called for what came before. */
int records_read(const unsigned char *data, size_t len, int type, record_h *h,
		 void *arg);

#endif
