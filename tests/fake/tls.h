/* TLS for the streams of a scripted peer. */
#ifndef TESTS_FAKE_TLS_H
#define TESTS_FAKE_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fake_tls;	/* of a peer: what it shows and whom it believes */
struct fake_tls_stream; /* one connection */

/* PEM files. `certificate` NULL: it has none to show. `asks`: as a server it
 * asks for one, too. */
struct fake_tls *fake_tls_new(const char *certificate, const char *ca,
			      bool asks);
void fake_tls_free(struct fake_tls *tls);

/* The handshake, in full. NULL: it failed, and was noted in the trace. */
struct fake_tls_stream *fake_tls_handshake(struct fake_tls *tls, int fd,
					   bool server);
void fake_tls_close(struct fake_tls_stream *stream);

/* As recv(2) and send(2); EAGAIN when nothing whole has come. */
ssize_t fake_tls_recv(struct fake_tls_stream *stream, void *data, size_t size);
ssize_t fake_tls_send(struct fake_tls_stream *stream, const void *data,
		      size_t len);

/* Bytes that a further fake_tls_recv() has at hand. */
bool fake_tls_pending(const struct fake_tls_stream *stream);

#endif
