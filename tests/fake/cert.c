#include "fake/cert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "fake/trace.h"

const char *cert_path(char buf[192], const char *dir, const char *name)
{
	snprintf(buf, 192, "%s/%s.pem", dir, name);
	return buf;
}

static EVP_PKEY *read_key(const char *dir, const char *name)
{
	char path[192];
	FILE *file = fopen(cert_path(path, dir, name), "r");
	EVP_PKEY *key =
		file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;

	claim(key, "no key in %s", path);
	fclose(file);
	return key;
}

static X509 *read_certificate(const char *dir, const char *name)
{
	char path[192];
	FILE *file = fopen(cert_path(path, dir, name), "r");
	X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

	claim(x509, "no certificate in %s", path);
	fclose(file);
	return x509;
}

static void add_extension(X509 *x509, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, x509, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	claim(extension && X509_add_ext(x509, extension, -1), "extension %s",
	      value);
	X509_EXTENSION_free(extension);
}

static X509 *build(const char *name, const struct cert *cert, EVP_PKEY *key)
{
	static long serial;
	X509 *x509 = X509_new();
	const char *subject = cert->subject ? cert->subject : name;

	X509_set_version(x509, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x509),
			 getpid() * 1000L + ++serial);
	X509_gmtime_adj(X509_getm_notBefore(x509), cert->from_s - 60);
	X509_gmtime_adj(X509_getm_notAfter(x509),
			cert->until_s ? cert->until_s : 3600);
	X509_set_pubkey(x509, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN",
				   MBSTRING_ASC, (const void *)subject, -1, -1,
				   0);
	return x509;
}

/* The issuer's file less its key, unless it is a root. */
static void append_chain(FILE *out, const char *dir, const char *issuer)
{
	X509 *x509 = read_certificate(dir, issuer);

	if (X509_name_cmp(X509_get_subject_name(x509),
			  X509_get_issuer_name(x509)))
		PEM_write_X509(out, x509);
	X509_free(x509);
}

void cert_make(const char *dir, const char *name, const struct cert *cert)
{
	EVP_PKEY *key = cert->rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
	X509 *x509 = build(name, cert, key);
	X509 *issuer =
		cert->issuer ? read_certificate(dir, cert->issuer) : x509;
	EVP_PKEY *signer = cert->issuer ? read_key(dir, cert->issuer) : key;
	char path[192];
	FILE *out;

	X509_set_issuer_name(x509, X509_get_subject_name(issuer));
	if (cert->authority)
		add_extension(x509, issuer, NID_basic_constraints,
			      "critical,CA:TRUE");
	if (cert->alt)
		add_extension(x509, issuer, NID_subject_alt_name, cert->alt);
	claim(X509_sign(x509, signer, EVP_sha256()), "signing %s", name);
	out = fopen(cert_path(path, dir, name), "w");
	claim(out, "%s", path);
	PEM_write_X509(out, x509);
	if (cert->issuer)
		append_chain(out, dir, cert->issuer);
	PEM_write_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	fclose(out);
	if (issuer != x509) {
		X509_free(issuer);
		EVP_PKEY_free(signer);
	}
	X509_free(x509);
	EVP_PKEY_free(key);
}
