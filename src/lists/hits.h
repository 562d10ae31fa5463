/* How often each row counted for a call: noted on the loop, written by the
 * store thread. */
#ifndef LISTS_HITS_H
#define LISTS_HITS_H

#include <stdint.h>

struct hits;
struct store;

int hits_new(struct hits **hitsp);
void hits_free(struct hits *hits);

/* On the loop. While too many wait to be written this one is not counted. */
void hits_add(struct hits *hits, const char *signal, int64_t row);

/* On the store thread: writes what there is to the table hits. On error it is
 * kept for the next time. */
int hits_flush(struct hits *hits, struct store *store);

#endif
