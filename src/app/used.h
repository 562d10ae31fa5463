/* Which challenges' tokens have been used: each lets one call pass, whatever
 * their number. One that is used when there is no room makes another be
 * forgotten; from then on its neighbours that expire no later than that one
 * count as used too. */
#ifndef APP_USED_H
#define APP_USED_H

#include <stdbool.h>
#include <stdint.h>

struct used;

int used_new(struct used **usedp);
void used_free(struct used *used);

/* False: this one was used before, or may have been. `key` must be
 * nobody's choice; `now` and `expires_s` are epoch seconds. */
bool used_take(struct used *used, uint64_t key, int64_t expires_s, int64_t now);

#endif
