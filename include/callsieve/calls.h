/* Call records: on the loop into a bounded queue, from there by the store
 * thread into the calls table in batches. */
#ifndef CALLSIEVE_CALLS_H
#define CALLSIEVE_CALLS_H

#include <stdint.h>

#include "callsieve/core/digest.h"
#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

struct calls;
struct loop;
struct redress;
struct store;

#define CALL_ID_SIZE 17 /* our own id of a call: 16 characters and NUL */

/* What a rejected caller may name the call by: its id and a code that nobody
 * without the key can make, so that who shows one was given it. */
#define REDRESS_ID_SIZE 38

/* All text is owned by the record (malloc), may be NULL, and has been checked
 * for nothing: it came off the wire. */
struct call_record {
	char id[CALL_ID_SIZE];
	char *trunk;
	char *gateway;	   /* the last one tried */
	char *source;	   /* address and port the INVITE came from */
	char *call_id;	   /* Call-ID of the caller's leg */
	char *call_id_out; /* Call-ID of the last leg to a gateway */
	char *from_uri;	   /* as on the wire */
	char *to_uri;	   /* the Request-URI as on the wire */
	char *redirected_to; /* where a redirection led; see sip.h */
	struct facts facts; /* its texts are owned too, but for the trunk */
	int64_t started_ms; /* epoch */
	int64_t answered_ms; /* 0: never */
	int64_t ended_ms;
	int status;	    /* final answer given to the caller */
	char *phrase;
	const char *ended_by; /* "caller", "callee", "callsieve"; static */
	char *profile;	      /* by which it was rejected; NULL: it was not */
	const char *reason;   /* its class, likewise; static */
	char redress_id[REDRESS_ID_SIZE]; /* that its caller was told; or "" */
	struct verdict *verdict; /* owned, verdict_dup() */
};

struct call_record *call_record_new(void);

/* Copies them, and their texts. */
void call_record_keep(struct call_record *record, const struct facts *facts);
void call_record_free(struct call_record *record);

/* `limit`: records that may wait. `keep_days`: older records are deleted from
 * the table, a few at a time; 0: never. */
int calls_new(struct calls **callsp, unsigned limit, unsigned keep_days);
void calls_free(struct calls *calls);

/* Takes the record; when the queue is full it is freed and counted. Never
 * blocks. Any thread. */
void calls_put(struct calls *calls, struct call_record *record);

/* A store task (arg: struct calls): writes what waits, in transactions of at
 * most 1,000 records. What could not be written stays queued, in order. */
int calls_flush(struct store *store, void *arg);

/* The verdict and facts of a record as one JSON object, sorted keys; free()
 * it. NULL: no memory. What the calls table holds as `explanation`. */
char *call_explanation(const struct call_record *record);

int redress_new(struct redress **redressp, struct loop *loop);
void redress_free(struct redress *redress);

/* A store task (arg: struct redress): the key is kept with the database; the
 * first who finds none there makes it. */
int redress_refresh(struct store *store, void *arg);

/* On the loop. */
void redress_id(const struct redress *redress, char text[REDRESS_ID_SIZE],
		const char *call_id);

/* The HMAC of any other text, which must have a blank: no id of a call has
 * one. On the loop. */
void redress_sign(const struct redress *redress, char hex[DIGEST_HEX_SIZE],
		  const char *text);

/* The id in `text`, if it was made with the key of that database. False: it
 * was not. Negative: an error. */
int redress_read(struct store *store, char call_id[CALL_ID_SIZE],
		 const char *text);

/* It looks like one, with a letter too few perhaps. */
bool redress_resembles(const char *text);

#endif
