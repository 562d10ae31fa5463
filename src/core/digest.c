#include "callsieve/core/digest.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define MD_SIZE 32

/* Looking it up takes longer than a short digest does. */
static EVP_MD *sha256;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

static void print_hex(char hex[DIGEST_HEX_SIZE],
		      const unsigned char md[MD_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < MD_SIZE; i++) {
		hex[2 * i] = digits[md[i] >> 4];
		hex[2 * i + 1] = digits[md[i] & 15];
	}
	hex[2 * MD_SIZE] = '\0';
}

void digest_sha256_hex(char hex[DIGEST_HEX_SIZE], const void *data, size_t len)
{
	unsigned char md[MD_SIZE];
	unsigned int size = 0;

	/* Fails only without memory or without SHA-256: no way to go on. */
	pthread_once(&fetched, fetch);
	if (!EVP_Digest(data, len, md, &size, sha256, NULL) ||
	    size != sizeof(md))
		abort();
	print_hex(hex, md);
}

void digest_hmac_hex(char hex[DIGEST_HEX_SIZE], const char *key,
		     const char *text)
{
	unsigned char md[MD_SIZE];
	unsigned int size = 0;

	pthread_once(&fetched, fetch);
	if (!HMAC(sha256, key, (int)strlen(key), (const unsigned char *)text,
		  strlen(text), md, &size) ||
	    size != sizeof(md))
		abort();
	print_hex(hex, md);
}

bool digest_same(const char *a, const char *b, size_t len)
{
	unsigned char differs = 0;

	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return !differs;
}

void digest_sha1_hex(char *hex, const void *data, size_t len)
{
	unsigned char md[20];
	unsigned int size = 0;

	if (!EVP_Digest(data, len, md, &size, EVP_sha1(), NULL) ||
	    size != sizeof(md))
		abort();
	for (size_t i = 0; i < sizeof(md); i++)
		sprintf(hex + 2 * i, "%02x", md[i]);
}

void base64_print(char *text, const void *data, size_t len)
{
	EVP_EncodeBlock((unsigned char *)text, data, (int)len);
}

static _Thread_local bool fixed;

void random_fix(void)
{
	fixed = true;
}

/* SplitMix64, from nought. */
static void repeatable(unsigned char *to, size_t len)
{
	static _Thread_local uint64_t state;

	for (size_t i = 0; i < len; i++) {
		uint64_t x = state += 0x9e3779b97f4a7c15;

		x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
		x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
		to[i] = (unsigned char)(x >> 56);
	}
}

static void from_kernel(unsigned char *to, size_t len)
{
	while (len) {
		ssize_t n = getrandom(to, len, 0);

		if (n < 0 && errno != EINTR)
			abort(); /* nothing we made would be random */
		if (n > 0) {
			to += n;
			len -= (size_t)n;
		}
	}
}

void random_bytes(void *data, size_t len)
{
	static _Thread_local unsigned char pool[512];
	static _Thread_local size_t left;
	unsigned char *to = data;

	while (len) {
		size_t n;

		if (!left) {
			if (fixed)
				repeatable(pool, sizeof(pool));
			else
				from_kernel(pool, sizeof(pool));
			left = sizeof(pool);
		}
		n = len < left ? len : left;
		/* From its end; what was given out is not kept. */
		left -= n;
		memcpy(to, pool + left, n);
		memset(pool + left, 0, n);
		to += n;
		len -= n;
	}
}

void random_token(char *text, size_t chars)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	unsigned char raw[32];
	size_t n = 0, at, count;

	while (n < chars) {
		count = chars - n < sizeof(raw) ? chars - n : sizeof(raw);
		random_bytes(raw, count);
		/* 252 = 7 * 36: the rest would favour the first digits. */
		for (at = 0; at < count; at++)
			if (raw[at] < 252)
				text[n++] = digits[raw[at] % 36];
	}
	text[n] = '\0';
}
