/* How long an HTTP response says that it may be kept. */
#ifndef FETCH_FRESHNESS_H
#define FETCH_FRESHNESS_H

#include <curl/curl.h>

#define FRESH_MAX_S 604800 /* a week: no answer of ours is good for longer */

/* Of the response this handle got: in seconds, -1 where it does not say. */
long fresh_s(CURL *easy);

/* The same from the value of one Cache-Control field; -1 likewise. */
long fresh_of_directives(const char *text);

/* What Retry-After says (RFC 9110 10.2.3), in seconds from now; 0: nothing. */
long retry_s(CURL *easy);

#endif
