/* When something last happened between a caller and a callee, in a table of
 * fixed size: the longest past is forgotten first. */
#ifndef CALLSIEVE_APP_TRIES_H
#define CALLSIEVE_APP_TRIES_H

#include <stdbool.h>
#include <stdint.h>

struct number;
struct tries;

struct tried {
	uint64_t key;
	uint32_t since_s; /* monotonic, from 1 */
	uint16_t tries;
	bool passed;
};

int tries_new(struct tries **triesp);
void tries_free(struct tries *tries);

/* Whoever withholds the number is one caller for all who do. */
uint64_t tries_key(const struct tries *tries, const struct number *caller,
		   const struct number *callee);
uint64_t tries_key_of(const struct tries *tries, const char *text);

/* NULL: nothing within the last `age_s`. Both are lent until the next call. */
struct tried *tries_find(struct tries *tries, uint64_t key, unsigned age_s);
struct tried *tries_put(struct tries *tries, uint64_t key);

uint32_t tries_now(void);

#endif
