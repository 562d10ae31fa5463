/* How the daemon's memory is managed: by jemalloc, which finds these settings
 * by the name of this variable. (With sanitizers it is not linked.)
 *
 * A call takes some forty kilobytes while it is set up and keeps a fifth of
 * that once its transactions have run out, half a minute later. glibc's heap
 * never gets smaller by what lies between the objects that stay. */
#include "memory.h"

#include <stdbool.h>

#include <jemalloc/jemalloc.h>

/* One arena: nearly all is the loop's. What is free goes back to the kernel
 * after seconds, not at once, for the next calls want it again. No huge pages,
 * which would keep whole what is mostly free. */
const char *malloc_conf = "narenas:1,"
			  "dirty_decay_ms:5000,muzzy_decay_ms:0,thp:never";

#pragma weak mallctl

/* A thread of jemalloc's own gives it back, so that the loop need not, and an
 * idle daemon does. Not by malloc_conf: a process that ends while that thread
 * begins, as callsieved -t, complains of it at times. */
void memory_begin(void)
{
	bool on = true;

	if (mallctl)
		mallctl("background_thread", NULL, NULL, &on, sizeof(on));
}
