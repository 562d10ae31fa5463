/* Connections and their time: see peer.h. */
#include "peer.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "callsieve/core/clock.h"

struct peer {
	struct peer *next, **prevp;
	struct MHD_Connection *connection;
	uint64_t waiting_since_ms; /* for a whole request; 0: we have it */
};

struct peer *peer_new(struct peer **peers, struct MHD_Connection *connection)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	if (!peer)
		return NULL;
	peer->connection = connection;
	peer->waiting_since_ms = now_mono_ms();
	peer->next = *peers;
	peer->prevp = peers;
	if (peer->next)
		peer->next->prevp = &peer->next;
	*peers = peer;
	return peer;
}

void peer_free(struct peer *peer)
{
	if (!peer)
		return;
	*peer->prevp = peer->next;
	if (peer->next)
		peer->next->prevp = peer->prevp;
	free(peer);
}

static void set_waiting(struct MHD_Connection *connection, uint64_t since_ms)
{
	const union MHD_ConnectionInfo *info;
	struct peer *peer;

	info = MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	peer = info ? info->socket_context : NULL;
	if (peer)
		peer->waiting_since_ms = since_ms;
}

void peer_has_request(struct MHD_Connection *connection)
{
	set_waiting(connection, 0);
}

void peer_awaits_request(struct MHD_Connection *connection)
{
	set_waiting(connection, now_mono_ms());
}

/* Closing is left to the library, which sees the end of the stream. */
void peers_close_slow(struct peer *peers, uint64_t limit_ms)
{
	const union MHD_ConnectionInfo *info;
	uint64_t now = now_mono_ms();
	struct peer *peer;

	for (peer = peers; peer; peer = peer->next) {
		if (!peer->waiting_since_ms ||
		    now - peer->waiting_since_ms < limit_ms)
			continue;
		info = MHD_get_connection_info(
			peer->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info)
			shutdown(info->connect_fd, SHUT_RDWR);
	}
}
