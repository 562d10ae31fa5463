/* A storm of calls: both ends of each do at random what SIP allows, and some
 * of what it does not, while messages are lost, doubled and overtaken. What
 * must hold in the end is counted, whatever happened in between.
 *
 *   main.c     batches, weather, what is claimed of the daemon
 *   net.c      sockets; alarm.c timers
 *   call.c     a call with its ends and dialogs, and what is claimed of them
 *   request.c  requests of ours and their answers
 *   job.c      requests of the daemon and our answers
 *   caller.c   how a caller behaves, callee.c how a callee does
 *   within.c   how both do once there is a dialog
 *   memory.c   what the daemon's memory does over many calls
 */
#ifndef STORM_H
#define STORM_H

#include <stdio.h>

#include "net.h"

#define T1_MS	    500
#define T2_MS	    4000
#define GIVEN_UP_MS 32000 /* 64*T1 */

#define FORKS 40 /* dialogs at one end */
#define LEGS  12 /* INVITEs of one call that reach callees */
#define TEXT  4096

struct call;
struct end;
struct job;

/* One dialog as one end sees it. */
struct fork {
	struct end *end;
	char ours[40], theirs[40]; /* tags */
	char target[200];	   /* their Contact */
	unsigned cseq;		   /* of our last request */
	unsigned remote_cseq;	   /* of their last one; 0: none yet */
	bool confirmed;		   /* a 2xx to the INVITE was sent or came */
	bool acked;		   /* that 2xx; of a caller: by us */
	bool ended;		   /* there was a BYE, or we say it is gone */
	bool denied;		   /* we say it is gone */
	bool reinviting;	   /* ours or theirs is under way */
	struct job *reinvites;	   /* theirs */
	char *answer;		   /* a callee's 2xx, repeated until then */
	unsigned wait_ms;
	long since;
};

struct end {
	struct call *call;
	struct place *place;
	bool is_caller;
	char call_id[80];
	char local[120], remote[120]; /* From and To values without tags */
	struct fork *forks[FORKS];
	unsigned forks_count;
	struct request *invite; /* the caller's */
	struct job *invited;	/* the callee's */
	unsigned rseq;
};

struct call {
	unsigned number;
	uint64_t dice;
	bool slow;    /* may do what takes SIP's long timers to heal */
	bool hostile; /* its INVITE is to be refused */
	bool faulty;  /* was reported */
	bool taking;  /* its INVITE is to take over another call */
	long began;
	struct end caller, callees[LEGS];
	unsigned callees_count;
	char *story;
	size_t story_len;
	FILE *stream;
};

/* main.c */
extern struct origin daemon_origin;
extern struct place callers[4], gateways[3];
extern char daemon_uri[80];

/* call.c */
struct call *call_new(unsigned number, unsigned seed, bool slow);
struct call *call_by_number(unsigned number);
unsigned dice(struct call *call, unsigned sides);
bool chance(struct call *call, unsigned percent);
bool rarely(struct call *call); /* one in two hundred, of slow calls alone */
void tell(struct call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void fault(struct call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
unsigned faults(void);
void calls_check(void);
void calls_clear(void);
void end_register(struct end *end);
struct end *end_find(const char *call_id);
struct fork *fork_add(struct end *end, const char *ours, const char *theirs);
struct fork *fork_find(struct end *end, const char *ours, const char *theirs);
struct fork *fork_any(struct end *end);

/* request.c */
struct request {
	struct call *call;
	struct end *end;
	struct fork *fork; /* NULL: outside of any dialog */
	unsigned number;
	char method[16];
	unsigned cseq;
	char *text, *ack;
	unsigned wait_ms;
	long since;
	int status; /* of the last answer */
	bool done;
	bool cancelled;
	bool repeated;
	bool orphaned; /* its connection broke: the answer may be lost */
};

struct request_parts {
	const char *uri;     /* NULL: the target */
	const char *headers; /* whole lines */
	const char *body;
	const char *to_tag; /* instead of the right one */
	unsigned cseq;	    /* instead of the next one */
};

struct request *request_send(struct end *end, struct fork *fork,
			     const char *method,
			     const struct request_parts *parts);
void request_ack(struct request *invite, struct fork *fork, const char *body);
void request_cancel(struct request *invite);
void response_come(const struct origin *from, const struct message *message);
unsigned requests_open(void); /* still unanswered */
void requests_orphan(const struct place *place);
void requests_check(void);
void requests_clear(void);

/* job.c */
struct job {
	struct job *next; /* re-INVITE before it */
	struct end *end;
	struct fork *fork; /* NULL: the INVITE that begins the call */
	struct place *place;
	struct origin from;
	struct message *request;
	unsigned cseq;
	char *answer; /* the last one */
	int status;
	bool acked;
	bool cancelled;
	bool orphaned; /* its connection broke: see jobs_orphan() */
	unsigned wait_ms;
	long since;
	unsigned turn;	       /* for whoever answers in several steps */
	struct fork *replaces; /* the dialog it takes the place of */
};

void request_come(struct place *place, const struct origin *from,
		  struct message *message);
void job_answer(struct job *job, int status, const char *tag,
		const char *headers, bool sdp);
void jobs_check(void);
void jobs_suspect(void);
void jobs_orphan(const struct place *place);
void jobs_clear(void);

/* caller.c */
void caller_start(struct call *call);
void caller_response(struct request *invite, const struct message *message);

/* callee.c */
void callee_invite(struct job *job);
void callee_cancel(struct job *job);
void fork_repeat_answer(struct fork *fork);

/* within.c */
void within_start(struct fork *fork, bool hangs_up);
void within_act(struct fork *fork);
void within_response(struct request *request, const struct message *message);
void within_request(struct job *job);
void within_cancel(struct job *job);
void within_hangup(struct fork *fork);

extern const char sdp[];

#endif
