/* A SIP message as received: cut into lines, nothing understood that a test
 * does not ask about, so that malformed ones can be looked at too. */
#ifndef TESTS_FAKE_MESSAGE_H
#define TESTS_FAKE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define MESSAGE_HEADERS 96

struct header {
	char *name;
	char *value; /* as on the wire, folding included, without outer blanks
		      */
};

struct message {
	char *raw; /* as on the wire, NUL-terminated */
	size_t len;
	char *head; /* a copy, cut into what the fields below point at */
	const char *method; /* of a response: the one in its CSeq */
	const char *uri;    /* NULL in a response */
	int status;	    /* 0 in a request */
	const char *phrase; /* NULL in a request */
	struct header headers[MESSAGE_HEADERS];
	size_t headers_count;
	const char *body;
	size_t body_len;
	struct sockaddr_storage source;
	int stream;	 /* the socket of a stream, else -1 */
	unsigned number; /* messages are counted as they arrive */
	bool taken;
};

/* NULL if there is no empty line or no start line. free with message_free().*/
struct message *message_parse(const char *data, size_t len);
void message_free(struct message *message);

/* What RFC 3261 wants of every message and is missing here, or NULL. */
const char *message_fault(const struct message *message);

/* Length of the first whole message in a stream's data, 0: not yet. */
size_t message_frame(const char *data, size_t len);

/* The `index`th header of that name, or NULL. Names match without case. */
const char *message_header(const struct message *message, const char *name,
			   size_t index);
size_t message_count(const struct message *message, const char *name);

/* Is this anywhere in it, head or body? */
bool message_contains(const struct message *message, const char *text);

/* A parameter of a header value, copied into buf; "" if there is none. */
const char *value_param(char *buf, size_t size, const char *value,
			const char *name);

/* The URI in a header value: between < and >, or all before the first ';'. */
const char *value_uri(char *buf, size_t size, const char *value);

#endif
