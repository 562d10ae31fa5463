/* A growing byte buffer that cannot be made without naming its largest size.
 * data is NUL-terminated whenever len > 0. */
#ifndef CALLSIEVE_CORE_BUF_H
#define CALLSIEVE_CORE_BUF_H

#include <stddef.h>

struct buf {
	char *data; /* NULL while empty */
	size_t len;
	size_t size;
	size_t max; /* len never exceeds it */
};

void buf_init(struct buf *buf, size_t max);
void buf_fini(struct buf *buf);

/* 0, -ENOMEM, or -EMSGSIZE when it would exceed the maximum (then nothing
 * was added). */
int buf_add(struct buf *buf, const void *data, size_t len);
int buf_printf(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The data, which becomes the caller's to free(); the buffer is empty. */
char *buf_take(struct buf *buf);

#endif
