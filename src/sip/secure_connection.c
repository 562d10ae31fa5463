/* TLS: what the stack forgets of each connection, and does not do there.
 *
 * It makes an SSL object for each and never frees it: 20 KiB and more are lost
 * with every connection (Debian's; upstream frees it). And it leaves OpenSSL's
 * queue of errors as it is: one left there by a connection that failed, or by
 * anybody else, makes the next read elsewhere look like a failure, and a sound
 * connection is closed. OpenSSL tells us of each object that is made or freed,
 * so we can do both in the stack's place.
 *
 * And the pings of RFC 5626 it answers by TCP alone. So we look at what it
 * reads and writes: its calls of SSL_read() and SSL_write() come here first. */
#include "internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "secure.h"

static int (*library_read)(SSL *ssl, void *data, int size);
static int (*library_write)(SSL *ssl, const void *data, int size);

/* Of an SSL object that waits to write. */
static int blocked_index;

/* The stack makes the one and then the other. */
static _Thread_local BIO *last_socket;

static bool is_ours(const SSL *ssl)
{
	SSL_CTX *context = SSL_get_SSL_CTX(ssl);

	return context && SSL_CTX_get_ex_data(context, secure_context_index());
}

static void on_bio(void *parent, void *data, CRYPTO_EX_DATA *ad, int index,
		   long argl, void *argp)
{
	(void)data;
	(void)ad;
	(void)index;
	(void)argl;
	(void)argp;
	if (BIO_method_type(parent) == BIO_TYPE_SOCKET)
		last_socket = parent;
}

static long on_operation(BIO *bio, int operation, const char *data, size_t len,
			 int argi, long argl, int result, size_t *processed)
{
	(void)bio;
	(void)data;
	(void)len;
	(void)argi;
	(void)argl;
	(void)processed;
	if (operation == BIO_CB_READ)
		ERR_clear_error();
	return operation & BIO_CB_RETURN ? result : 1;
}

static void on_ssl(void *parent, void *data, CRYPTO_EX_DATA *ad, int index,
		   long argl, void *argp)
{
	BIO *bio = last_socket;

	(void)data;
	(void)ad;
	(void)index;
	(void)argl;
	(void)argp;
	if (!bio || !is_ours(parent))
		return;
	last_socket = NULL;
	BIO_set_callback_ex(bio, on_operation);
	connection_secured((int)BIO_get_fd(bio, NULL), parent);
}

static void on_ssl_freed(void *parent, void *data, CRYPTO_EX_DATA *ad,
			 int index, long argl, void *argp)
{
	(void)data;
	(void)ad;
	(void)index;
	(void)argl;
	(void)argp;
	if (is_ours(parent))
		connection_secured(SSL_get_fd(parent), NULL);
}

int secure_watch(void)
{
	if (library_read && library_write)
		return 0;
	*(void **)&library_read = dlsym(RTLD_NEXT, "SSL_read");
	*(void **)&library_write = dlsym(RTLD_NEXT, "SSL_write");
	if (!library_read || !library_write)
		return -ENOSYS;
	BIO_get_ex_new_index(0, NULL, on_bio, NULL, NULL);
	blocked_index =
		SSL_get_ex_new_index(0, NULL, on_ssl, NULL, on_ssl_freed);
	return 0;
}

static bool takes_more(const SSL *ssl)
{
	struct pollfd socket = {.fd = SSL_get_fd(ssl), .events = POLLOUT};

	return !SSL_get_ex_data(ssl, blocked_index) &&
	       poll(&socket, 1, 0) == 1 && socket.revents == POLLOUT;
}

/* RFC 5626 3.5.1: two empty lines are a ping, and one is the answer. They come
 * in a record of their own; so may the end of a message, to whose sender an
 * empty line more means nothing. Without room for the answer there is none:
 * something else is on its way, which says as much. */
static void answer_ping(SSL *ssl, const char *data, int len)
{
	if (len != 4 || memcmp(data, "\r\n\r\n", 4) != 0 || !takes_more(ssl))
		return;
	if (library_write(ssl, "\r\n", 2) <= 0)
		ERR_clear_error();
}

/* In place of the library's, for all that is in this program. */
int SSL_read(SSL *ssl, void *data, int size)
{
	int len = secure_watch() < 0 ? -1 : library_read(ssl, data, size);

	if (len > 0 && is_ours(ssl))
		answer_ping(ssl, data, len);
	return len;
}

/* Likewise. What could not be written has to be written again before anything
 * else. */
int SSL_write(SSL *ssl, const void *data, int size)
{
	static char yes;
	int len = secure_watch() < 0 ? -1 : library_write(ssl, data, size);

	if (is_ours(ssl))
		SSL_set_ex_data(ssl, blocked_index, len > 0 ? NULL : &yes);
	return len;
}

/* Of a connection that the stack has closed and, as this was not yet freed,
 * forgotten. It has dropped references that were the object's own: one to its
 * socket, one to its context. */
void secure_release(SSL *ssl)
{
	SSL_CTX_up_ref(SSL_get_SSL_CTX(ssl));
	BIO_up_ref(SSL_get_rbio(ssl));
	SSL_free(ssl);
	ERR_clear_error();
}
