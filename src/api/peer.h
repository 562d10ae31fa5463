/* Who is connected, and who takes too long. The HTTP library only knows how
 * long a connection was silent: a client that sends one byte a second would
 * hold its place for ever. For the HTTP thread alone. */
#ifndef API_PEER_H
#define API_PEER_H

#include <stdint.h>

struct MHD_Connection;
struct peer;

/* A new connection, which now has to bring a request. NULL: no memory, and
 * nobody watches this one. */
struct peer *peer_new(struct peer **peers, struct MHD_Connection *connection);

/* NULL is fine. */
void peer_free(struct peer *peer);

/* Its request is complete: from now on it waits for us. */
void peer_has_request(struct MHD_Connection *connection);

/* It has its answer, and may bring another request. */
void peer_awaits_request(struct MHD_Connection *connection);

/* Ends the connections whose request took longer than that. */
void peers_close_slow(struct peer *peers, uint64_t limit_ms);

#endif
