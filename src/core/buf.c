#include "callsieve/core/buf.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max};
}

void buf_fini(struct buf *buf)
{
	free(buf->data);
	buf_init(buf, buf->max);
}

static int reserve(struct buf *buf, size_t more)
{
	size_t size = buf->size ? buf->size : 64;
	char *data;

	if (more > buf->max - buf->len)
		return -EMSGSIZE;
	if (buf->len + more < buf->size)
		return 0;
	while (size <= buf->len + more)
		size *= 2;
	data = realloc(buf->data, size);
	if (!data)
		return -ENOMEM;
	buf->data = data;
	buf->size = size;
	return 0;
}

int buf_add(struct buf *buf, const void *data, size_t len)
{
	int err = reserve(buf, len);

	if (err)
		return err;
	if (len)
		memcpy(buf->data + buf->len, data, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
	return 0;
}

int buf_printf(struct buf *buf, const char *format, ...)
{
	va_list ap;
	int len, err;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len < 0)
		return -EINVAL;
	err = reserve(buf, (size_t)len);
	if (err)
		return err;
	va_start(ap, format);
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, ap);
	va_end(ap);
	buf->len += (size_t)len;
	return 0;
}

char *buf_take(struct buf *buf)
{
	char *data = buf->data;

	buf_init(buf, buf->max);
	return data;
}
