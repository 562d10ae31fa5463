/* The names of dialogs come from anyone's Replaces and Refer-To. Whatever the
 * bytes: a name is found only where it stands, giving it another changes
 * nothing else, and what comes out of a URI's headers holds no control
 * character and goes back in unchanged. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "sip/identifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_span(struct identifier_span span, size_t len)
{
	require(span.len && span.at + span.len <= len);
}

static char *cut(const char *text, struct identifier_span span)
{
	return strndup(text + span.at, span.len);
}

static void check_name(const struct identifier_form *form, const char *text)
{
	struct identifier id, other;
	char *call_id, *local, *remote;
	struct buf same, out;

	if (!identifier_parse(&id, form, text))
		return;
	check_span(id.call_id, strlen(text));
	check_span(id.local, strlen(text));
	check_span(id.remote, strlen(text));
	call_id = cut(text, id.call_id);
	local = cut(text, id.local);
	remote = cut(text, id.remote);
	buf_init(&same, 2 * IDENTIFIER_MAX);
	require(!identifier_print(&same, &id, text, call_id, local, remote));
	require(!strcmp(same.data, text));
	buf_init(&out, 2 * IDENTIFIER_MAX);
	require(!identifier_print(&out, &id, text, "c", "l", "r"));
	require(identifier_parse(&other, form, out.data));
	require(out.data[other.call_id.at] == 'c' &&
		out.data[other.local.at] == 'l' &&
		out.data[other.remote.at] == 'r');
	buf_fini(&same);
	buf_fini(&out);
	free(call_id);
	free(local);
	free(remote);
}

static void check_value(const char *text, size_t len)
{
	char plain[IDENTIFIER_MAX], again[IDENTIFIER_MAX];
	const struct identifier_form *form;
	struct buf out;

	if (!identifier_unescape(plain, sizeof(plain), text, len))
		return;
	for (const char *c = plain; *c; c++)
		require((unsigned char)*c >= 0x20 && *c != 0x7f);
	buf_init(&out, 3 * IDENTIFIER_MAX);
	require(!identifier_escape(&out, plain, strlen(plain)));
	require(!out.len || !strpbrk(out.data, "&=;<>\" "));
	require(identifier_unescape(again, sizeof(again),
				    out.len ? out.data : "", out.len));
	require(!strcmp(again, plain));
	buf_fini(&out);
	for (form = identifier_forms; form->header; form++)
		check_name(form, plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);
	struct identifier_header header = {.next = text};
	const struct identifier_form *form;

	require(text != NULL);
	for (form = identifier_forms; form->header; form++)
		check_name(form, text);
	while (header.next) {
		identifier_header(&header, header.next);
		require(header.value + header.value_len <= text + strlen(text));
		identifier_form(header.name, header.name_len);
		check_value(header.value, header.value_len);
	}
	free(text);
	return 0;
}
