/* What most whole-daemon tests begin with: the daemon, a caller on the trunk
 * "carrier" and a callee that is the gateway "core"; and whole calls. */
#ifndef CALL_SCENE_H
#define CALL_SCENE_H

#include "fake/daemon.h"
#include "fake/dialog.h"
#include "fake/trace.h"

#define CALLER "+12125550100"
#define CALLEE "+13035550199"

#define OFFER                                                                  \
	"v=0\r\no=caller 1 1 IN IP4 192.0.2.10\r\ns=-\r\n"                     \
	"c=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
#define ANSWER                                                                 \
	"v=0\r\no=callee 1 1 IN IP4 192.0.2.20\r\ns=-\r\n"                     \
	"c=IN IP4 192.0.2.20\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n"

struct scene {
	struct daemon daemon;
	struct peer caller;
	struct peer callee;
};

/* All optional. The texts are lines of the configuration. */
struct scene_options {
	const char *caller; /* transport, "udp" unless given */
	const char *callee;
	const char *country;   /* the trunk's, "1" unless given */
	const char *trunk;     /* in the trunk's section */
	const char *gateway;   /* in the gateway's section */
	const char *gateways;  /* names of the route's, `"core"` unless given */
	const char *route;     /* more lines in the route's section */
	const char *limits;    /* in the section for everything */
	unsigned lag_ms;       /* max_loop_lag_ms, else out of the way: a busy
				  machine is no failure */
	const char *database;  /* in the database's section */
	const char *screening; /* in the section screening */
	const char *sections;  /* whole ones */
};

#define SCENE(...) (&(const struct scene_options){__VA_ARGS__})

/* The daemon's directory and addresses and the two peers; nothing runs. */
void scene_init(struct scene *scene, const struct scene_options *options);

/* Writes the configuration; after scene_init(), or again for a reload. */
void scene_configure(struct scene *scene, const struct scene_options *options);

/* All of that, and the daemon started. */
void scene_open(struct scene *scene, const struct scene_options *options);

/* Nothing may be left: no message, no call object, no complaint. */
void scene_close(struct scene *scene);

/* A call as its two ends see it. */
struct call {
	struct dialog caller, callee;
	struct peer *callee_peer;
	const struct message *invite; /* as it reached the callee */
};

/* The two ends in the one or the other direction. */
struct way {
	struct dialog *from, *to;
};

struct way way(struct call *call, bool back);

/* The caller's INVITE, with an offer unless parts are given. */
void call_begin(struct call *call, struct scene *scene, const char *from,
		const char *to, const struct parts *parts);

/* Until it reaches this peer. */
void call_reaches(struct call *call, struct peer *callee);

/* Both, CALLER to CALLEE, at the scene's callee. */
void call_place(struct call *call, struct scene *scene,
		const struct parts *parts);

/* The callee's 200, both ACKs. */
void call_answer(struct call *call);

/* Placed and answered. */
void call_establish(struct call *call, struct scene *scene);

/* BYE, from the caller, and its answers. */
void call_hang_up(struct call *call);

/* The callee refuses; the caller gets that. */
void call_refuse(struct call *call, int status);

/* One more OPTIONS answered: what came before it has been dealt with. */
void scene_ping(struct scene *scene);

/* Blocks this number, until that is in force; places no call. */
void scene_block(struct scene *scene, const char *number, int points);

/* An edit of the lists, by an admin's hand, until it is obeyed: a second. */
void scene_edit(struct scene *scene, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Places a call from `from` to CALLEE; true: it reached the callee, which
 * refused it; false: it was rejected with 607. */
bool call_passes(struct scene *scene, const char *from);

/* From `from` to CALLEE: placed, answered and hung up; or refused with
 * `status`, reaching no one. */
void expect_bridged(struct scene *scene, const char *from);
void expect_rejected(struct scene *scene, const char *from, int status);

/* A case whose tests may take as long as a daemon with sanitizers needs. */
TCase *scene_tcase(Suite *suite, const char *name);

#endif
