#include "fake/tls.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "fake/trace.h"

#define HANDSHAKE_S 5

struct fake_tls {
	SSL_CTX *context;
};

struct fake_tls_stream {
	SSL *ssl;
};

static int sees(int good, X509_STORE_CTX *store)
{
	if (!good)
		trace_note("certificate refused: %s",
			   X509_verify_cert_error_string(
				   X509_STORE_CTX_get_error(store)));
	return good;
}

struct fake_tls *fake_tls_new(const char *certificate, const char *ca,
			      bool asks)
{
	struct fake_tls *tls = calloc(1, sizeof(*tls));

	signal(SIGPIPE, SIG_IGN);
	tls->context = SSL_CTX_new(TLS_method());
	claim(!certificate ||
		      (SSL_CTX_use_certificate_chain_file(tls->context,
							  certificate) == 1 &&
		       SSL_CTX_use_PrivateKey_file(tls->context, certificate,
						   SSL_FILETYPE_PEM) == 1),
	      "cannot use %s", certificate);
	claim(SSL_CTX_load_verify_file(tls->context, ca) == 1, "cannot use %s",
	      ca);
	SSL_CTX_set_verify(tls->context, asks ? SSL_VERIFY_PEER : 0, sees);
	return tls;
}

void fake_tls_free(struct fake_tls *tls)
{
	if (tls)
		SSL_CTX_free(tls->context);
	free(tls);
}

static void set_patience(int fd, int seconds)
{
	struct timeval tv = {.tv_sec = seconds};

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
}

struct fake_tls_stream *fake_tls_handshake(struct fake_tls *tls, int fd,
					   bool server)
{
	struct fake_tls_stream *stream = calloc(1, sizeof(*stream));
	int done;

	stream->ssl = SSL_new(tls->context);
	SSL_set_fd(stream->ssl, fd);
	if (!server)
		SSL_set_verify(stream->ssl, SSL_VERIFY_PEER, sees);
	set_patience(fd, HANDSHAKE_S);
	ERR_clear_error();
	done = server ? SSL_accept(stream->ssl) : SSL_connect(stream->ssl);
	set_patience(fd, 0);
	if (done == 1)
		return stream;
	trace_note("TLS handshake failed: %s",
		   ERR_reason_error_string(ERR_peek_error()));
	fake_tls_close(stream);
	return NULL;
}

void fake_tls_close(struct fake_tls_stream *stream)
{
	if (!stream)
		return;
	SSL_shutdown(stream->ssl);
	ERR_clear_error();
	SSL_free(stream->ssl);
	free(stream);
}

ssize_t fake_tls_recv(struct fake_tls_stream *stream, void *data, size_t size)
{
	int fd = SSL_get_fd(stream->ssl);
	char byte;
	int len;

	/* poll() also wakes for what is no data: don't wait for some. */
	if (!SSL_pending(stream->ssl) &&
	    recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0)
		return -1;
	ERR_clear_error();
	set_patience(fd, HANDSHAKE_S);
	len = SSL_read(stream->ssl, data, (int)size);
	set_patience(fd, 0);
	if (len > 0)
		return len;
	errno = 0;
	return 0;
}

ssize_t fake_tls_send(struct fake_tls_stream *stream, const void *data,
		      size_t len)
{
	ERR_clear_error();
	return SSL_write(stream->ssl, data, (int)len);
}

bool fake_tls_pending(const struct fake_tls_stream *stream)
{
	return SSL_pending(stream->ssl) > 0;
}
