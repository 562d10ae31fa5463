/* The listening socket of the API. Ours, so that what is wrong with it can be
 * said precisely. */
#ifndef API_LISTEN_H
#define API_LISTEN_H

#include <stdint.h>

/* `address` is numeric. -EADDRINUSE and the like, logged. */
int listen_open(int *fdp, uint16_t *portp, const char *address, uint16_t port);

#endif
