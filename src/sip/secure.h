/* What secure.c and secure_peer.c share: the OpenSSL part of TLS. */
#ifndef SIP_SECURE_H
#define SIP_SECURE_H

#include <openssl/ssl.h>

/* What the files named by a configuration hold; the arrays are parallel to
 * its listens and gateways, with NULL for those without TLS. */
struct secure_files {
	SSL_CTX **listens;
	X509_STORE **gateways;
	size_t listens_count, gateways_count;
};

int secure_context_index(void);

/* secure_peer.c: sets a context up to check who is at the other end. */
void secure_expect_clients(SSL_CTX *context,
			   enum config_client_certificate asked);

#endif
