#include "callsieve/core/digest.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

void digest_sha256_hex(char hex[DIGEST_HEX_SIZE], const void *data, size_t len)
{
	unsigned char md[32];
	unsigned int size = 0;

	/* Fails only without memory or without SHA-256: no way to go on. */
	if (!EVP_Digest(data, len, md, &size, EVP_sha256(), NULL) ||
	    size != sizeof(md))
		abort();
	for (size_t i = 0; i < sizeof(md); i++)
		snprintf(hex + 2 * i, 3, "%02x", md[i]);
}

void random_bytes(void *data, size_t len)
{
	unsigned char *at = data;

	while (len) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0)
			continue; /* interrupted by a signal */
		at += n;
		len -= (size_t)n;
	}
}

void random_token(char *text, size_t chars)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	unsigned char raw[64];
	size_t n = 0, at = sizeof(raw);

	while (n < chars) {
		if (at == sizeof(raw)) {
			random_bytes(raw, sizeof(raw));
			at = 0;
		}
		/* 252 = 7 * 36: the rest would favour the first digits. */
		if (raw[at] < 252)
			text[n++] = digits[raw[at] % 36];
		at++;
	}
	text[n] = '\0';
}
