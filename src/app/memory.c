/* How the daemon's memory is managed: by jemalloc, which finds these settings
 * by the name of this variable. (With sanitizers it is not linked.)
 *
 * A call allocates some fifty kilobytes while it is set up and keeps a tenth
 * of that once its transactions have run out. glibc's heap never gets smaller
 * by what lies between the objects that stay. */
#include <jemalloc/jemalloc.h>

const char *malloc_conf = "background_thread:true,narenas:1,"
			  "dirty_decay_ms:2000,muzzy_decay_ms:0";
