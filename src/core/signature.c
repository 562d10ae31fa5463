#include "callsieve/core/signature.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "callsieve/core/buf.h"

#define HALF	32 /* bytes of R and of S */
#define DER_MAX 80

struct signer {
	EVP_PKEY *key;
};

static bool is_p256(EVP_PKEY *key)
{
	char group[40];

	return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) &&
	       strcmp(group, "prime256v1") == 0;
}

/* Nobody is there to type a passphrase. */
static int no_passphrase(char *buf, int size, int rwflag, void *arg)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)arg;
	return 0;
}

static const char *load(struct signer *signer, const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return strerror(errno);
	signer->key = PEM_read_PrivateKey(file, NULL, no_passphrase, NULL);
	fclose(file);
	ERR_clear_error();
	if (!signer->key)
		return "no private key in PEM";
	return is_p256(signer->key) ? NULL : "not a key of the curve P-256";
}

int signer_new(struct signer **signerp, const char *key, struct buf *errors)
{
	struct signer *signer = calloc(1, sizeof(*signer));
	const char *wrong;

	if (!signer)
		return -ENOMEM;
	wrong = load(signer, key);
	if (!wrong) {
		*signerp = signer;
		return 0;
	}
	if (errors)
		buf_printf(errors, "%s: %s\n", key, wrong);
	signer_free(signer);
	return -EINVAL;
}

void signer_free(struct signer *signer)
{
	if (!signer)
		return;
	EVP_PKEY_free(signer->key);
	free(signer);
}

char *base64url(const void *data, size_t len)
{
	char *text = malloc(len * 4 / 3 + 4);

	if (!text)
		return NULL;
	EVP_EncodeBlock((unsigned char *)text, data, (int)len);
	text[strcspn(text, "=")] = '\0';
	for (char *c = text; *c; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	return text;
}

/* What JOSE wants are R and S as they are, one after the other. */
static bool flatten(unsigned char raw[2 * HALF], const unsigned char *der,
		    size_t len)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	bool ok = sig &&
		  BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, HALF) == HALF &&
		  BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + HALF, HALF) == HALF;

	ECDSA_SIG_free(sig);
	return ok;
}

char *signer_sign(const struct signer *signer, const char *text)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char der[DER_MAX], raw[2 * HALF];
	size_t len = sizeof(der);
	bool ok =
		context &&
		EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL,
				   signer->key) == 1 &&
		EVP_DigestSign(context, der, &len, (const unsigned char *)text,
			       strlen(text)) == 1 &&
		flatten(raw, der, len);

	EVP_MD_CTX_free(context);
	return ok ? base64url(raw, sizeof(raw)) : NULL;
}
