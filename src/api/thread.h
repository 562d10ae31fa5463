/* Threads that take no signals: those are for the daemon's main thread. */
#ifndef API_THREAD_H
#define API_THREAD_H

#include <pthread.h>

/* As pthread_create(), but -errno. */
int thread_start(pthread_t *thread, void *(*run)(void *), void *arg);

#endif
