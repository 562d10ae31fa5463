/* What the lists say of a number to everybody: rules of subscribers, and lists
 * that count for some trunks only, have no say here. */
#ifndef API_LISTING_H
#define API_LISTING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct store;

enum listed {
	LISTED_NEVERBLOCK,
	LISTED_ALLOW,
	LISTED_BLOCK,
	LISTED_DNO,
	LISTED_COUNT,
};

/* The row that counts of a list. */
struct listing {
	char number[40];
	unsigned digits; /* that match; 0: no row does */
	int64_t points;
};

struct listings {
	struct listing of[LISTED_COUNT];
};

/* `number` is +E.164. */
int listings_read(struct listings *listings, struct store *store,
		  const char *number);

bool listings_empty(const struct listings *listings);

/* As for calls: neverblock first, then the longest match, and the allow list
 * where that is equal. */
bool listings_allow(const struct listings *listings);

/* Of the rows against the number. */
int64_t listings_points(const struct listings *listings);

/* {"blocklist": {..}, ...}, null for where no row is. A new reference. */
json_t *listings_json(const struct listings *listings);

#endif
