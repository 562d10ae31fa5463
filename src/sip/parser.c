/* How the stack reads messages: its own parser, made to keep the text of each
 * header beside what it understands of it, so that headers.c can pass on the
 * text (see parser_flags). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/msg_mclass.h>

const unsigned parser_flags = MSG_DO_EXTRACT_COPY | MSG_DO_CANONIC;

/* Without these a response cannot be told whose it is. Of any other the stack
 * would drop the response without a word, and the call would hang. */
const unsigned parser_response_mask = sip_mask_response;

/* Where the stack keeps the text it fails on a message with empty lines before
 * it (RFC 3261 7.5, RFC 5626 3.5.1): in its copy of the start line they come
 * first, and as many bytes are missing at the end. The whole is at sh_data. */
static void skip_empty_lines(msg_header_t *h, char *s, isize_t len)
{
	const char *line = h->sh_data;
	size_t empty = line ? strspn(line, "\r\n\t ") : 0;

	if (!empty || h->sh_len < empty + (size_t)len)
		return;
	h->sh_data = line + empty;
	h->sh_len -= (usize_t)empty;
	memcpy(s, line + empty, (size_t)len);
}

/* A message whose lines end otherwise than they should is read without keeping
 * its text: the stack would repeat those line ends in its answers. */
static void judge_line_end(su_home_t *msg, const msg_header_t *h)
{
	const char *line = h->sh_data;

	if (line && (h->sh_len < 2 || line[h->sh_len - 2] != '\r'))
		msg_zap_flags((msg_t *)msg, MSG_DO_EXTRACT_COPY);
}

/* `home` is the message's: this class is read in no other way. */
static issize_t read_request(su_home_t *home, msg_header_t *h, char *s,
			     isize_t len)
{
	skip_empty_lines(h, s, len);
	judge_line_end(home, h);
	return sip_request_class->hc_parse(home, h, s, len);
}

static issize_t read_status(su_home_t *home, msg_header_t *h, char *s,
			    isize_t len)
{
	skip_empty_lines(h, s, len);
	judge_line_end(home, h);
	return sip_status_class->hc_parse(home, h, s, len);
}

/* The empty line: there are no more headers. */
static issize_t read_separator(su_home_t *home, msg_header_t *h, char *s,
			       isize_t len)
{
	written_restore(home, sip_object((msg_t *)home));
	return sip_separator_class->hc_parse(home, h, s, len);
}

/* Whether these make sense is for the ends to say; that the stack cannot read
 * one is no reason to refuse the message. */
static bool is_for_the_ends(msg_hclass_t *class)
{
	static msg_hclass_t *const classes[] = {
		sip_content_type_class,	    sip_content_disposition_class,
		sip_content_encoding_class, sip_event_class,
		sip_expires_class,	    sip_subscription_state_class,
	};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (class == classes[i])
			return true;
	return false;
}

static void tolerate(msg_href_t *headers, int count)
{
	for (int i = 0; i < count; i++)
		if (is_for_the_ends(headers[i].hr_class))
			headers[i].hr_flags = 0;
}

static msg_hclass_t *own_class(su_home_t *home, msg_hclass_t *class,
				msg_parse_f *parse)
{
	struct msg_hclass_s *own = su_alloc(home, sizeof(*own));

	if (!own)
		return NULL;
	*own = *class;
	own->hc_parse = parse;
	return own;
}

/* NULL: no memory. free() it after the agent; `home` lives as long. */
msg_mclass_t *parser_new(su_home_t *home)
{
	msg_mclass_t *parser = msg_mclass_clone(sip_default_mclass(), 0, 0);
	msg_hclass_t *request, *status, *separator;

	request = own_class(home, sip_request_class, read_request);
	status = own_class(home, sip_status_class, read_status);
	separator = own_class(home, sip_separator_class, read_separator);
	if (!parser || !request || !status || !separator) {
		free(parser);
		return NULL;
	}
	parser->mc_request->hr_class = request;
	parser->mc_status->hr_class = status;
	parser->mc_separator->hr_class = separator;
	tolerate(parser->mc_hash, parser->mc_hash_size);
	/* Its own copy, for all that it is declared const. */
	tolerate((msg_href_t *)parser->mc_short, MC_SHORT_SIZE);
	return parser;
}
