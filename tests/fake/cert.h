/* Certificates for tests of TLS, made anew for each: authorities and those
 * they sign. Each is a PEM file DIR/NAME.pem that holds the certificate, those
 * between it and its root, and its key. */
#ifndef TESTS_FAKE_CERT_H
#define TESTS_FAKE_CERT_H

#include <stdbool.h>

struct cert {
	const char *issuer;   /* name of another; NULL: signed by itself */
	const char *subject;  /* common name; NULL: its own name */
	const char *alt;      /* "DNS:gw.example, IP:127.0.0.1, URI:sip:x" */
	bool authority;	      /* may sign others */
	bool rsa;	      /* a key of RSA, not of an elliptic curve */
	long from_s, until_s; /* from now; until 0: an hour */
};

#define CERT(...) (&(const struct cert){__VA_ARGS__})

void cert_make(const char *dir, const char *name, const struct cert *cert);

/* DIR/NAME.pem */
const char *cert_path(char buf[192], const char *dir, const char *name);

#endif
