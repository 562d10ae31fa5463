/* Digests and random bytes. The one user of the crypto library besides
 * certificates. */
#ifndef CALLSIEVE_CORE_DIGEST_H
#define CALLSIEVE_CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_HEX_SIZE 65

/* Lower-case hexadecimal SHA-256 of the bytes, NUL-terminated. */
void digest_sha256_hex(char hex[DIGEST_HEX_SIZE], const void *data, size_t len);

/* Likewise SHA-1, which some services name numbers by: no protection. */
void digest_sha1_hex(char *hex, const void *data, size_t len);

/* Base64 (RFC 4648 4) with a NUL; `text` has room for len * 4 / 3 + 4. */
void base64_print(char *text, const void *data, size_t len);

/* Lower-case hexadecimal HMAC-SHA256 (RFC 2104). */
void digest_hmac_hex(char hex[DIGEST_HEX_SIZE], const char *key,
		     const char *text);

/* In the same time, whatever differs. */
bool digest_same(const char *a, const char *b, size_t len);

/* From getrandom(2), by way of a small pool of each thread's own. Cannot fail
 * once the system is up; not for children that fork(2) made. */
void random_bytes(void *data, size_t len);

/* From here on the same bytes in each run, in this thread: for what must be
 * repeatable and keeps no secret. */
void random_fix(void);

/* `chars` random characters of [0-9a-z] (5.17 bits each) and a NUL. */
void random_token(char *text, size_t chars);

#endif
