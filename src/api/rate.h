/* How often one subscriber, or one address that shows no valid token, may
 * ask: token buckets in a table of fixed size. Thread-safe. */
#ifndef API_RATE_H
#define API_RATE_H

#include <stdint.h>

struct netaddr;
struct rates;

/* 0 a minute: no limit. */
int rates_new(struct rates **ratesp, unsigned per_minute);
void rates_free(struct rates *rates);

/* Takes one: 0, or the seconds until there is one to take. When the table is
 * full, whoever was quiet longest is forgotten. */
unsigned rates_take_subscriber(struct rates *rates, int64_t subscriber);

/* Of an IPv6 address only its /64 counts: that much one customer gets. */
unsigned rates_take_address(struct rates *rates, const struct netaddr *address);

#endif
