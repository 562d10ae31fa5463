/* TLS: what the stack forgets of each connection.
 *
 * It makes an SSL object for each and never frees it: 20 KiB and more are lost
 * with every connection (Debian's; upstream frees it). And it leaves OpenSSL's
 * queue of errors as it is: one left there by a connection that failed, or by
 * anybody else, makes the next read elsewhere look like a failure, and a sound
 * connection is closed. OpenSSL tells us of each object that is made or freed,
 * so we can do both in the stack's place. */
#include "internal.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "secure.h"

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

void secure_watch(void)
{
	static bool watching;

	if (watching)
		return;
	watching = true;
	BIO_get_ex_new_index(0, NULL, on_bio, NULL, NULL);
	SSL_get_ex_new_index(0, NULL, on_ssl, NULL, on_ssl_freed);
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
