/* Requests and answers of one dialog. */
#include "fake/dialog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake/trace.h"

static const struct parts no_parts;

static const char *fresh(char *buf, size_t size, const char *prefix)
{
	static unsigned count;

	snprintf(buf, size, "%s%xn%u", prefix, (unsigned)getpid(), ++count);
	return buf;
}

static const char *phrase_of(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
		{100, "Trying"},
		{180, "Ringing"},
		{183, "Session Progress"},
		{200, "OK"},
		{202, "Accepted"},
		{302, "Moved Temporarily"},
		{404, "Not Found"},
		{481, "Call/Transaction Does Not Exist"},
		{486, "Busy Here"},
		{487, "Request Terminated"},
		{488, "Not Acceptable Here"},
		{491, "Request Pending"},
		{500, "Server Internal Error"},
		{503, "Service Unavailable"},
		{600, "Busy Everywhere"},
		{603, "Decline"},
	};

	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Whatever";
}

void dialog_init(struct dialog *dialog, struct peer *peer, const char *from,
		 const char *to)
{
	char token[64];

	memset(dialog, 0, sizeof(*dialog));
	dialog->peer = peer;
	snprintf(dialog->call_id, sizeof(dialog->call_id), "%s@%s:%u",
		 fresh(token, sizeof(token), "call-"), peer->host, peer->port);
	snprintf(dialog->local, sizeof(dialog->local), "<sip:%s@%s:%u>;tag=%s",
		 from, peer->host, peer->port,
		 fresh(token, sizeof(token), "ours-"));
	snprintf(dialog->target, sizeof(dialog->target), "sip:%s@%s", to,
		 peer->target_uri);
	snprintf(dialog->remote, sizeof(dialog->remote), "<%s>",
		 dialog->target);
}

/* Record-Route values in the order in which our Route shall have them. */
static void learn_routes(struct dialog *dialog, const struct message *message,
			 bool reverse)
{
	size_t count = message_count(message, "Record-Route");
	size_t len = 0;

	*dialog->routes = '\0';
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(
			dialog->routes + len, sizeof(dialog->routes) - len,
			"%s%s", i ? ", " : "",
			message_header(message, "Record-Route",
				       reverse ? count - 1 - i : i));
}

static void learn_target(struct dialog *dialog, const struct message *message)
{
	const char *contact = message_header(message, "Contact", 0);

	if (contact)
		value_uri(dialog->target, sizeof(dialog->target), contact);
}

void dialog_accept(struct dialog *dialog, struct peer *peer,
		   const struct message *invite)
{
	char token[64];

	memset(dialog, 0, sizeof(*dialog));
	dialog->peer = peer;
	snprintf(dialog->call_id, sizeof(dialog->call_id), "%s",
		 message_header(invite, "Call-ID", 0));
	snprintf(dialog->local, sizeof(dialog->local), "%s;tag=%s",
		 message_header(invite, "To", 0),
		 fresh(token, sizeof(token), "theirs-"));
	snprintf(dialog->remote, sizeof(dialog->remote), "%s",
		 message_header(invite, "From", 0));
	learn_routes(dialog, invite, false);
	learn_target(dialog, invite);
}

static void print_tail(FILE *out, const struct parts *parts)
{
	size_t len = parts->len	   ? parts->len
		     : parts->body ? strlen(parts->body)
				   : 0;

	if (parts->headers)
		fputs(parts->headers, out);
	if (parts->body)
		fprintf(out, "Content-Type: %s\r\n",
			parts->type ? parts->type : "application/sdp");
	fprintf(out, "Content-Length: %zu\r\n\r\n", len);
	if (parts->body)
		fwrite(parts->body, 1, len, out);
}

static void print_contact(FILE *out, const struct peer *peer,
			  const struct parts *parts)
{
	if (parts->contact)
		fputs(parts->contact, out);
	else
		fprintf(out, "Contact: <sip:peer@%s:%u%s%s>\r\n", peer->host,
			peer->port, peer->tcp ? ";transport=" : "",
			peer->tcp ? peer->transport : "");
}

struct request {
	const char *method;
	const char *uri;
	const char *branch;
	const char *to;
	unsigned cseq;
	const char *hop; /* URI of where it is sent */
};

static const char *via_transport(const struct peer *peer)
{
	if (!strcmp(peer->transport, "tls"))
		return "TLS";
	return peer->tcp ? "TCP" : "UDP";
}

static void send_request(struct dialog *dialog, const struct request *request,
			 const struct parts *parts)
{
	const struct peer *peer = dialog->peer;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!parts)
		parts = &no_parts;
	fprintf(out, "%s %s SIP/2.0\r\n", request->method, request->uri);
	fprintf(out, "Via: SIP/2.0/%s %s:%u;branch=%s\r\n", via_transport(peer),
		peer->host, peer->port, request->branch);
	if (!parts->max_forwards || *parts->max_forwards)
		fprintf(out, "Max-Forwards: %s\r\n",
			parts->max_forwards ? parts->max_forwards : "70");
	if (*dialog->routes)
		fprintf(out, "Route: %s\r\n", dialog->routes);
	fprintf(out, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n",
		dialog->local, request->to, dialog->call_id, request->cseq,
		request->method);
	if (strcmp(request->method, "CANCEL") && strcmp(request->method, "ACK"))
		print_contact(out, peer, parts);
	print_tail(out, parts);
	fclose(out);
	peer_send_uri(dialog->peer, request->hop, text, len);
	free(text);
}

/* The first route, the remote target, or, while there is no dialog yet, the
 * peer's target (RFC 3261 12.2.1.1). */
static const char *next_hop(char *buf, size_t size, const struct dialog *dialog)
{
	if (*dialog->routes)
		return value_uri(buf, size, dialog->routes);
	if (strstr(dialog->remote, ";tag="))
		snprintf(buf, size, "%s", dialog->target);
	else
		snprintf(buf, size, "sip:%s", dialog->peer->target_uri);
	return buf;
}

static void send_invite(struct dialog *dialog, const struct parts *parts)
{
	struct request request = {
		"INVITE",	   dialog->invite_uri,	dialog->invite_branch,
		dialog->invite_to, dialog->invite_cseq, dialog->invite_hop};

	send_request(dialog, &request, parts);
}

void dialog_resend(struct dialog *dialog, const struct parts *parts)
{
	send_invite(dialog, parts);
}

void dialog_send(struct dialog *dialog, const char *method,
		 const struct parts *parts)
{
	char branch[64], hop[256];
	struct request request = {method,	  dialog->target, branch,
				  dialog->remote, ++dialog->cseq, hop};

	fresh(branch, sizeof(branch), "z9hG4bK-");
	next_hop(hop, sizeof(hop), dialog);
	if (strcmp(method, "INVITE")) {
		send_request(dialog, &request, parts);
		return;
	}
	dialog->invite_cseq = dialog->cseq;
	memcpy(dialog->invite_branch, branch, sizeof(branch));
	memcpy(dialog->invite_hop, hop, sizeof(hop));
	memcpy(dialog->invite_uri, dialog->target, sizeof(dialog->target));
	memcpy(dialog->invite_to, dialog->remote, sizeof(dialog->remote));
	send_invite(dialog, parts);
}

void dialog_ack(struct dialog *dialog, const struct parts *parts)
{
	char branch[64], hop[256];
	struct request request = {"ACK",	  dialog->target,      branch,
				  dialog->remote, dialog->invite_cseq, hop};

	fresh(branch, sizeof(branch), "z9hG4bK-");
	next_hop(hop, sizeof(hop), dialog);
	send_request(dialog, &request, parts);
}

void dialog_ack_failure(struct dialog *dialog, const struct message *answer)
{
	struct request request = {"ACK",
				  dialog->invite_uri,
				  dialog->invite_branch,
				  message_header(answer, "To", 0),
				  dialog->invite_cseq,
				  dialog->invite_hop};

	send_request(dialog, &request, NULL);
}

void dialog_cancel(struct dialog *dialog, const struct parts *parts)
{
	struct request request = {
		"CANCEL",	   dialog->invite_uri,	dialog->invite_branch,
		dialog->invite_to, dialog->invite_cseq, dialog->invite_hop};

	send_request(dialog, &request, parts);
}

void dialog_accept_answer(struct dialog *dialog, const struct message *answer)
{
	if (!strstr(dialog->remote, ";tag=") || answer->status >= 200)
		learn_routes(dialog, answer, true);
	snprintf(dialog->remote, sizeof(dialog->remote), "%s",
		 message_header(answer, "To", 0));
	learn_target(dialog, answer);
}

const struct message *dialog_expect(struct dialog *dialog, int status,
				    const char *method)
{
	const struct message *answer =
		peer_expect(dialog->peer, status, method, dialog->call_id);

	if (!strcmp(method, "INVITE") && status > 100 && status < 300)
		dialog_accept_answer(dialog, answer);
	return answer;
}

const struct message *dialog_expect_failure(struct dialog *dialog, int status)
{
	const struct message *answer = dialog_expect(dialog, status, "INVITE");

	dialog_ack_failure(dialog, answer);
	return answer;
}

const struct message *dialog_expect_request(struct dialog *dialog,
					    const char *method)
{
	const struct message *request =
		peer_expect(dialog->peer, 0, method, dialog->call_id);

	if (!strcmp(method, "INVITE") || !strcmp(method, "UPDATE"))
		learn_target(dialog, request);
	return request;
}

static void reply(struct peer *peer, const struct message *request, int status,
		  const char *to, const struct parts *parts)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fprintf(out, "SIP/2.0 %d %s\r\n", status,
		parts->phrase ? parts->phrase : phrase_of(status));
	for (size_t i = 0; i < message_count(request, "Via"); i++)
		fprintf(out, "Via: %s\r\n", message_header(request, "Via", i));
	fprintf(out, "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %s\r\n",
		message_header(request, "From", 0), to,
		message_header(request, "Call-ID", 0),
		message_header(request, "CSeq", 0));
	for (size_t i = 0; i < message_count(request, "Record-Route"); i++)
		fprintf(out, "Record-Route: %s\r\n",
			message_header(request, "Record-Route", i));
	if (status > 100 && status < 300)
		print_contact(out, peer, parts);
	print_tail(out, parts);
	fclose(out);
	peer_send_back(peer, request, text, len);
	free(text);
}

void dialog_reply(struct dialog *dialog, const struct message *request,
		  int status, const struct parts *parts)
{
	const char *to = message_header(request, "To", 0);

	reply(dialog->peer, request, status,
	      strstr(to, ";tag=") || status == 100 ? to : dialog->local,
	      parts ? parts : &no_parts);
}

void peer_reply(struct peer *peer, const struct message *request, int status,
		const struct parts *parts)
{
	char to[1024], token[64];

	snprintf(to, sizeof(to), "%s;tag=%s", message_header(request, "To", 0),
		 fresh(token, sizeof(token), "loose-"));
	reply(peer, request, status, to, parts ? parts : &no_parts);
}
