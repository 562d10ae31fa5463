/* ES256 signatures (RFC 7518 3.4), and the base64url they travel in. */
#ifndef CALLSIEVE_CORE_SIGNATURE_H
#define CALLSIEVE_CORE_SIGNATURE_H

#include <stddef.h>

struct buf;
struct signer;

/* `key` is a PEM file with a private key of the curve P-256. -EINVAL after
 * appending a line to `errors`, which may be NULL. */
int signer_new(struct signer **signerp, const char *key, struct buf *errors);
void signer_free(struct signer *signer);

/* Base64url without padding (RFC 7515 2), to free(); NULL: no memory. */
char *base64url(const void *data, size_t len);

/* The signature over `text` in base64url, to free(); NULL: it failed. Any
 * thread, any number at a time. */
char *signer_sign(const struct signer *signer, const char *text);

#endif
