/* From method and path to a route. */
#ifndef API_ROUTER_H
#define API_ROUTER_H

#include "request.h"

/* Sets request->route and ->param, or replies 404, or 405 with Allow. HEAD is
 * served by GET. */
void router_find(struct request *request, const char *method, const char *path);

#endif
