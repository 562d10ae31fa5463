#include "identifier.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "callsieve/core/buf.h"

#define BLANKS " \t\r\n"

const struct identifier_form identifier_forms[] = {
	[IN_REPLACES] = {"Replaces", "to-tag", "from-tag"},
	[IN_JOIN] = {"Join", "to-tag", "from-tag"},
	[IN_TARGET_DIALOG] = {"Target-Dialog", "local-tag", "remote-tag"},
	{NULL, NULL, NULL},
};

static bool same(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && strncasecmp(word, text, len) == 0;
}

const struct identifier_form *identifier_form(const char *name, size_t len)
{
	const struct identifier_form *form;

	for (form = identifier_forms; form->header; form++)
		if (same(form->header, name, len))
			return form;
	return NULL;
}

/* Past one parameter, or the Call-ID: to the ';' or the end. A ';' in quotes
 * is neither. */
static size_t part_end(const char *text, size_t at)
{
	bool quoted = false;

	for (; text[at] && (quoted || text[at] != ';'); at++) {
		if (quoted && text[at] == '\\' && text[at + 1])
			at++;
		else if (text[at] == '"')
			quoted = !quoted;
	}
	return at;
}

/* Without the blanks around it. */
static struct identifier_span trim(const char *text, size_t at, size_t end)
{
	at += strspn(text + at, BLANKS);
	while (end > at && strchr(BLANKS, text[end - 1]))
		end--;
	return (struct identifier_span){at, end > at ? end - at : 0};
}

/* RFC 3261 25.1: of a Call-ID ("word") and of a tag ("token"). */
static bool is_made_of(const char *text, struct identifier_span span,
		       const char *marks)
{
	if (!span.len)
		return false;
	for (size_t i = 0; i < span.len; i++) {
		char c = text[span.at + i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') && !strchr(marks, c))
			return false;
	}
	return true;
}

#define TOKEN_MARKS "-.!%*_+`'~"
#define WORD_MARKS  TOKEN_MARKS "()<>:\\\"/[]?{}@"

/* A tag given twice names no dialog. */
static bool read_tag(struct identifier_span *tag, const char *text,
		     struct identifier_span value)
{
	if (tag->len || !is_made_of(text, value, TOKEN_MARKS))
		return false;
	*tag = value;
	return true;
}

static bool read_param(struct identifier *id,
		       const struct identifier_form *form, const char *text,
		       struct identifier_span param)
{
	const char *equals = memchr(text + param.at, '=', param.len);
	struct identifier_span name, value;
	size_t split;

	if (!equals)
		return true;
	split = (size_t)(equals - text);
	name = trim(text, param.at, split);
	value = trim(text, split + 1, param.at + param.len);
	if (same(form->local, text + name.at, name.len))
		return read_tag(&id->local, text, value);
	if (same(form->remote, text + name.at, name.len))
		return read_tag(&id->remote, text, value);
	return true;
}

bool identifier_parse(struct identifier *id, const struct identifier_form *form,
		      const char *text)
{
	size_t end = strcspn(text, ";");

	*id = (struct identifier){0};
	if (strnlen(text, IDENTIFIER_MAX) == IDENTIFIER_MAX)
		return false;
	id->call_id = trim(text, 0, end);
	if (!is_made_of(text, id->call_id, WORD_MARKS))
		return false;
	while (text[end]) {
		size_t at = end + 1;

		end = part_end(text, at);
		if (!read_param(id, form, text, trim(text, at, end)))
			return false;
	}
	return id->local.len && id->remote.len;
}

struct change {
	struct identifier_span span;
	const char *with;
};

static int add(struct buf *out, const char *text, size_t from, size_t to)
{
	return to > from ? buf_add(out, text + from, to - from) : 0;
}

int identifier_print(struct buf *out, const struct identifier *id,
		     const char *text, const char *call_id, const char *local,
		     const char *remote)
{
	bool local_first = id->local.at < id->remote.at;
	const struct change changes[] = {
		{id->call_id, call_id},
		{local_first ? id->local : id->remote,
		 local_first ? local : remote},
		{local_first ? id->remote : id->local,
		 local_first ? remote : local},
	};
	size_t at = 0;
	int err = 0;

	for (size_t i = 0; !err && i < 3; i++) {
		err = add(out, text, at, changes[i].span.at);
		if (!err)
			err = buf_add(out, changes[i].with,
				      strlen(changes[i].with));
		at = changes[i].span.at + changes[i].span.len;
	}
	return err ? err : add(out, text, at, strlen(text));
}

void identifier_header(struct identifier_header *header, const char *headers)
{
	size_t len = strcspn(headers, "&");
	const char *equals = memchr(headers, '=', len);

	header->name = headers;
	header->name_len = equals ? (size_t)(equals - headers) : len;
	header->value = equals ? equals + 1 : headers + len;
	header->value_len = (size_t)(headers + len - header->value);
	header->next = headers[len] ? headers + len + 1 : NULL;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool identifier_unescape(char *out, size_t size, const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '%') {
			int high = i + 2 < len ? hex(text[i + 1]) : -1;
			int low = i + 2 < len ? hex(text[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			c = (unsigned char)(high << 4 | low);
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	if (!size)
		return false;
	out[n] = '\0';
	return true;
}

int identifier_escape(struct buf *out, const char *text, size_t len)
{
	static const char marks[] = "-_.!~*'()[]/?:+$";
	struct identifier_span one = {0, 1};
	int err = 0;

	for (size_t i = 0; !err && i < len; i++) {
		one.at = i;
		if (is_made_of(text, one, marks))
			err = buf_add(out, text + i, 1);
		else
			err = buf_printf(out, "%%%02X", (unsigned char)text[i]);
	}
	return err;
}
