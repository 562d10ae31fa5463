/* Cuts messages into lines. */
#include "fake/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *head_end(const char *data, size_t len)
{
	const char *end = memmem(data, len, "\r\n\r\n", 4);

	return end ? end + 4 : NULL;
}

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && strchr(" \t\r\n", text[len - 1]))
		text[--len] = '\0';
}

/* A line that begins with a blank belongs to the one before (RFC 3261
 * 7.3.1). */
static char *line_end(char *line)
{
	char *end = strstr(line, "\r\n");

	while (end && (end[2] == ' ' || end[2] == '\t'))
		end = strstr(end + 2, "\r\n");
	return end;
}

static void cut_headers(struct message *message, char *line)
{
	char *end, *colon;

	while (line && (end = line_end(line)) && end != line) {
		struct header *header =
			&message->headers[message->headers_count];

		*end = '\0';
		colon = strchr(line, ':');
		if (colon && message->headers_count < MESSAGE_HEADERS) {
			*colon = '\0';
			header->name = line;
			trim(header->name);
			header->value = colon + 1;
			header->value += strspn(header->value, " \t");
			trim(header->value);
			message->headers_count++;
		}
		line = end + 2;
	}
}

static void cut_start(struct message *message, char *line)
{
	const char *cseq = message_header(message, "CSeq", 0);
	char *word = strchr(line, ' ');
	char *rest;

	if (word)
		*word++ = '\0';
	if (!strcmp(line, "SIP/2.0") && word) {
		message->status = (int)strtol(word, &rest, 10);
		message->phrase = rest + (*rest == ' ');
		message->method = cseq ? cseq + strcspn(cseq, " ") : "";
		message->method += strspn(message->method, " ");
		return;
	}
	message->method = line;
	rest = word ? strrchr(word, ' ') : NULL;
	if (rest)
		*rest = '\0';
	message->uri = word;
}

struct message *message_parse(const char *data, size_t len)
{
	const char *body = head_end(data, len);
	struct message *message;
	char *first;

	if (!body || !(message = calloc(1, sizeof(*message))))
		return NULL;
	message->raw = calloc(1, len + 1);
	memcpy(message->raw, data, len);
	message->len = len;
	message->body = message->raw + (body - data);
	message->body_len = len - (size_t)(body - data);
	message->head = strndup(data, (size_t)(body - data));
	message->stream = -1;
	first = strstr(message->head, "\r\n");
	*first = '\0';
	cut_headers(message, first + 2);
	cut_start(message, message->head);
	return message;
}

void message_free(struct message *message)
{
	if (!message)
		return;
	free(message->raw);
	free(message->head);
	free(message);
}

size_t message_frame(const char *data, size_t len)
{
	const char *body = head_end(data, len);
	const char *length;
	size_t head, total;

	if (!body)
		return 0;
	head = (size_t)(body - data);
	length = strcasestr(data, "\r\nContent-Length:");
	total = head;
	if (length && length < body)
		total += strtoul(length + strlen("\r\nContent-Length:"), NULL,
				 10);
	return total <= len ? total : 0;
}

const char *message_header(const struct message *message, const char *name,
			   size_t index)
{
	for (size_t i = 0; i < message->headers_count; i++)
		if (!strcasecmp(message->headers[i].name, name) && !index--)
			return message->headers[i].value;
	return NULL;
}

size_t message_count(const struct message *message, const char *name)
{
	size_t count = 0;

	while (message_header(message, name, count))
		count++;
	return count;
}

static const char *request_fault(const struct message *message)
{
	char branch[128];

	value_param(branch, sizeof(branch), message_header(message, "Via", 0),
		    "branch");
	if (strncmp(branch, "z9hG4bK", 7))
		return "the branch lacks the magic cookie";
	if (message_count(message, "Max-Forwards") > 1)
		return "there is one Max-Forwards";
	if (!strcmp(message->method, "INVITE") &&
	    (message_count(message, "Max-Forwards") != 1 ||
	     message_count(message, "Contact") != 1))
		return "an INVITE has one Contact and one Max-Forwards";
	return NULL;
}

static const char *response_fault(const struct message *message)
{
	char tag[128];

	value_param(tag, sizeof(tag), message_header(message, "To", 0), "tag");
	if (message->status > 100 && !*tag)
		return "the To of this response has no tag";
	if (message->status >= 200 && message->status < 300 &&
	    !strcmp(message->method, "INVITE") &&
	    message_count(message, "Contact") != 1)
		return "a 2xx to INVITE has one Contact";
	return NULL;
}

const char *message_fault(const struct message *message)
{
	const char *length = message_header(message, "Content-Length", 0);

	if (message_count(message, "From") != 1 ||
	    message_count(message, "To") != 1 ||
	    message_count(message, "Call-ID") != 1 ||
	    message_count(message, "CSeq") != 1)
		return "there is one each of From, To, Call-ID and CSeq";
	if (message_count(message, "Via") < 1)
		return "there is a Via";
	if (length && strtoul(length, NULL, 10) != message->body_len)
		return "Content-Length is not that of the body";
	return message->status ? response_fault(message)
			       : request_fault(message);
}

bool message_contains(const struct message *message, const char *text)
{
	return memmem(message->raw, message->len, text, strlen(text)) != NULL;
}

const char *value_param(char *buf, size_t size, const char *value,
			const char *name)
{
	const char *at = value ? strchr(value, '>') : NULL;
	size_t len = strlen(name);

	*buf = '\0';
	for (at = strchr(at	 ? at
			 : value ? value
				 : "",
			 ';');
	     at; at = strchr(at, ';')) {
		at++;
		at += strspn(at, " \t");
		if (strncasecmp(at, name, len) ||
		    (at[len] != '=' && at[len] != ';' && at[len] != '\0'))
			continue;
		at += len + (at[len] == '=');
		snprintf(buf, size, "%.*s", (int)strcspn(at, ";, \t"), at);
		break;
	}
	return buf;
}

const char *value_uri(char *buf, size_t size, const char *value)
{
	const char *at = strchr(value, '<');

	if (at)
		snprintf(buf, size, "%.*s", (int)strcspn(at + 1, ">"), at + 1);
	else
		snprintf(buf, size, "%.*s", (int)strcspn(value, "; \t"), value);
	return buf;
}
