/* Reads the records of a DNS answer (RFC 1035 4.1.3, 2782, 3403). c-ares has
 * functions for that too, but those of SRV and NAPTR lose the TTL. Whose
 * record it is does not matter: the server was asked for one name, and what
 * else it says follows from that by CNAME. */
#include "records.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include <ares.h>

#define HEADER_LEN 12
#define CLASS_IN   1

struct reader {
	const unsigned char *data, *at, *end;
};

static size_t left(const struct reader *reader)
{
	return (size_t)(reader->end - reader->at);
}

static int read_u16(struct reader *reader, unsigned *valuep)
{
	if (left(reader) < 2)
		return -EBADMSG;
	*valuep = (unsigned)reader->at[0] << 8 | reader->at[1];
	reader->at += 2;
	return 0;
}

/* To be freed with ares_free_string(). */
static int read_name(struct reader *reader, char **namep)
{
	long used;

	if (ares_expand_name(reader->at, reader->data,
			     (int)(reader->end - reader->data), namep,
			     &used) != ARES_SUCCESS)
		return -EBADMSG;
	reader->at += used;
	return 0;
}

static int skip_name(struct reader *reader)
{
	char *name;
	int err = read_name(reader, &name);

	if (!err)
		ares_free_string(name);
	return err;
}

/* A character-string: length and bytes. */
static int read_text(struct reader *reader, char *text, size_t *lenp)
{
	size_t len, kept;

	if (!left(reader) || left(reader) < 1u + *reader->at)
		return -EBADMSG;
	len = *reader->at++;
	if (text) {
		kept = len < RECORD_TEXT ? len : RECORD_TEXT - 1;
		memcpy(text, reader->at, kept);
		text[kept] = '\0';
	}
	if (lenp)
		*lenp = len;
	reader->at += len;
	return 0;
}

static int read_address(const struct reader *reader, struct record *record)
{
	size_t len = record->type == RECORD_A ? 4 : 16;

	if (left(reader) != len)
		return -EBADMSG;
	record->addr.len = (uint8_t)len;
	memcpy(record->addr.bytes, reader->at, len);
	return 0;
}

static int read_srv(struct reader *reader, struct record *record, char **namep)
{
	unsigned port;

	if (read_u16(reader, &record->first) ||
	    read_u16(reader, &record->second) || read_u16(reader, &port) ||
	    read_name(reader, namep))
		return -EBADMSG;
	record->port = (uint16_t)port;
	return 0;
}

static int read_naptr(struct reader *reader, struct record *record,
		      char **namep)
{
	if (read_u16(reader, &record->first) ||
	    read_u16(reader, &record->second) ||
	    read_text(reader, record->flags, NULL) ||
	    read_text(reader, record->service, NULL) ||
	    read_text(reader, NULL, &record->regexp_len) ||
	    read_name(reader, namep))
		return -EBADMSG;
	return 0;
}

/* `rdata` ends with the record, but names in it may point back into all of
 * the message. */
static int read_data(struct reader *rdata, struct record *record, record_h *h,
		     void *arg)
{
	char *name = NULL;
	int err;

	switch (record->type) {
	case RECORD_SRV:
		err = read_srv(rdata, record, &name);
		break;
	case RECORD_NAPTR:
		err = read_naptr(rdata, record, &name);
		break;
	default:
		err = read_address(rdata, record);
	}
	record->name = name;
	if (!err)
		h(record, arg);
	if (name)
		ares_free_string(name);
	return err;
}

static int read_record(struct reader *reader, int wanted, record_h *h,
		       void *arg)
{
	struct record record = {.type = wanted};
	unsigned type, class, high, low, len;
	struct reader rdata = *reader;

	if (skip_name(reader) || read_u16(reader, &type) ||
	    read_u16(reader, &class) || read_u16(reader, &high) ||
	    read_u16(reader, &low) || read_u16(reader, &len) ||
	    left(reader) < len)
		return -EBADMSG;
	rdata.at = reader->at;
	reader->at += len;
	rdata.end = reader->at;
	if (class != CLASS_IN || (int)type != wanted)
		return 0;
	/* RFC 2181 8: with the highest bit set it means 0. */
	record.ttl_s = high & 0x8000 ? 0 : high << 16 | low;
	return read_data(&rdata, &record, h, arg);
}

int records_read(const unsigned char *data, size_t len, int type, record_h *h,
		 void *arg)
{
	struct reader reader = {data, data, data + len};
	unsigned questions, answers;
	int err = 0;

	if (len < HEADER_LEN || len > INT_MAX)
		return -EBADMSG;
	reader.at = data + 4;
	read_u16(&reader, &questions);
	read_u16(&reader, &answers);
	reader.at = data + HEADER_LEN;
	while (!err && questions--) {
		err = skip_name(&reader);
		if (!err && left(&reader) < 4)
			err = -EBADMSG;
		if (!err)
			reader.at += 4; /* type and class */
	}
	while (!err && answers--)
		err = read_record(&reader, type, h, arg);
	return err;
}
