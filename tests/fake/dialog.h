/* One dialog of a scripted peer: what RFC 3261 12 makes both sides remember,
 * so that a test need only say which request or answer comes next. */
#ifndef TESTS_FAKE_DIALOG_H
#define TESTS_FAKE_DIALOG_H

#include "fake/sip.h"

struct dialog {
	struct peer *peer;
	char call_id[192];
	char local[1024];  /* our From value, with tag */
	char remote[1024]; /* our To value, with tag once it is known */
	char target[256];  /* Request-URI of requests in the dialog */
	char routes[512];  /* Route values, or "" */
	unsigned cseq;	   /* of our last request */

	/* Of our last INVITE, for its ACK and CANCEL. */
	unsigned invite_cseq;
	char invite_branch[64];
	char invite_uri[256];
	char invite_to[1024];
	char invite_hop[256];
};

/* What a request or answer has beyond the dialog's own lines. All optional,
 * as is the struct itself. */
struct parts {
	const char *phrase;  /* of an answer */
	const char *headers; /* whole lines, each with its CR LF */
	const char *type;    /* of the body; NULL: application/sdp */
	const char *body;
	size_t len;		  /* of the body; 0: strlen */
	const char *contact;	  /* the whole header line; "": none at all */
	const char *max_forwards; /* NULL: "70"; "": no such header */
};

#define PARTS(...) (&(const struct parts){__VA_ARGS__})

/* A dialog to be, towards the peer's target: `to` is a user part. */
void dialog_init(struct dialog *dialog, struct peer *peer, const char *from,
		 const char *to);

/* The dialog an INVITE received begins, seen from our side. */
void dialog_accept(struct dialog *dialog, struct peer *peer,
		   const struct message *invite);

/* Any request but ACK and CANCEL; CSeq counts on. */
void dialog_send(struct dialog *dialog, const char *method,
		 const struct parts *parts);

/* The last INVITE once more; byte for byte, if given the same parts. */
void dialog_resend(struct dialog *dialog, const struct parts *parts);

/* ACK of a 2xx; of another final answer; CANCEL: all of the last INVITE. */
void dialog_ack(struct dialog *dialog, const struct parts *parts);
void dialog_ack_failure(struct dialog *dialog, const struct message *answer);
void dialog_cancel(struct dialog *dialog, const struct parts *parts);

/* The next answer of that status to a request of that method of ours. From
 * INVITE's the dialog learns tag, target and routes. */
const struct message *dialog_expect(struct dialog *dialog, int status,
				    const char *method);

/* What dialog_expect() does with an answer that came by other ways. */
void dialog_accept_answer(struct dialog *dialog, const struct message *answer);

/* A final non-2xx answer to INVITE, which is ACKed. */
const struct message *dialog_expect_failure(struct dialog *dialog, int status);

/* The next request of that method in this dialog. */
const struct message *dialog_expect_request(struct dialog *dialog,
					    const char *method);
void dialog_reply(struct dialog *dialog, const struct message *request,
		  int status, const struct parts *parts);

/* An answer outside of any dialog. */
void peer_reply(struct peer *peer, const struct message *request, int status,
		const struct parts *parts);

#endif
