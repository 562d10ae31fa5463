/* A scripted SIP peer on raw sockets: it sends what the test says, byte for
 * byte, and hands over what arrives. It knows messages and connections, not
 * transactions; "dialog.h" builds whole calls upon it. What does not come as
 * expected fails the test and shows the trace. */
#ifndef TESTS_FAKE_SIP_H
#define TESTS_FAKE_SIP_H

#include "fake/message.h"

#define PEER_PATIENCE_MS   15000 /* how long an expected message may take */
#define PEER_STREAMS	   16
#define PEER_MESSAGES	   2048
#define PEER_MESSAGE_BYTES 131072

struct fake_tls;
struct fake_tls_stream;

struct stream {
	int fd; /* -1: was closed by the other side */
	struct fake_tls_stream *tls;
	struct sockaddr_storage remote;
	char *data;
	size_t len;
};

struct peer {
	struct peer *next; /* of those open */
	const char *name;  /* for the trace */
	char transport[4]; /* "udp", "tcp" or "tls" */
	bool tcp;	   /* or TLS upon it */
	struct fake_tls *tls;
	int fd; /* the UDP socket, or the listening one */
	char address[48];
	char host[64]; /* the address as in a URI: IPv6 in brackets */
	unsigned port;
	struct sockaddr_storage target;
	char target_uri[80]; /* "HOST:PORT" of the target */
	struct stream streams[PEER_STREAMS];
	size_t streams_count;
	struct message *messages[PEER_MESSAGES];
	size_t messages_count;

	/* Requests and final responses that come again are counted and
	 * dropped, unless the test wants to see them. */
	bool shows_retransmissions;
	unsigned retransmissions;

	/* What arrives need not be well-formed: the answers to what is not. */
	bool tolerant;

	/* Requests of this method may come unasked: OPTIONS at a gateway. */
	const char *ignores;
};

/* Listens on `address` (numeric), on a port of its own choice if `port` is
 * 0. `transport`: "udp", "tcp" or "tls". */
void peer_open(struct peer *peer, const char *name, const char *transport,
	       const char *address, unsigned port);

/* What a peer on TLS shows, and whom it believes: see fake/tls.h. To be given
 * before anything is sent or received; may be given again. */
void peer_set_tls(struct peer *peer, const char *certificate, const char *ca,
		  bool asks);

/* Fails if a message is left that the test did not ask for. */
void peer_close(struct peer *peer);

/* Where requests outside of dialogs go. */
void peer_set_target(struct peer *peer, const char *address, unsigned port);

/* To the target. A TCP peer connects when it must. */
void peer_send(struct peer *peer, const char *data, size_t len);
void peer_printf(struct peer *peer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A connection to the target; false: none came about. */
bool peer_connect(struct peer *peer);

/* To where a sip: URI with a numeric host points. */
void peer_send_uri(struct peer *peer, const char *uri, const char *data,
		   size_t len);

/* To where `message` came from. */
void peer_send_back(struct peer *peer, const struct message *message,
		    const char *data, size_t len);

/* Whether a connection is open. */
bool peer_connected(struct peer *peer);

/* Closes the TCP connections, not the listening socket. */
void peer_hang_up(struct peer *peer);

/* The same; returns once the other side has closed its ends, too, so that what
 * it sends next comes by a new one. */
void peer_part(struct peer *peer);

/* The same, but the other side learns of an error (RST). */
void peer_reset(struct peer *peer);

/* The first message not yet taken that fits; it stays the peer's. `status`
 * 0: a request. NULL `method` or `call_id`: any. Never NULL. A 100 is passed
 * over unless asked for. */
const struct message *peer_expect(struct peer *peer, int status,
				  const char *method, const char *call_id);

/* The same, but NULL when it does not come within `ms`. */
const struct message *peer_poll(struct peer *peer, int status,
				const char *method, const char *call_id,
				int ms);

/* Nothing but 100s comes within `ms`. Costs that time: use it sparingly. */
void peer_expect_nothing(struct peer *peer, int ms);

/* A port of `address` that is free for UDP and TCP at this moment. */
unsigned free_port(const char *address);

#endif
