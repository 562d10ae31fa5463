/* The socket DATABASE-control, by which `callsieve explain NUMBER` asks what
 * would become of a call: a line with a question, a line with the answer. */
#ifndef CALLSIEVE_APP_CONTROL_H
#define CALLSIEVE_APP_CONTROL_H

struct control;
struct killswitch;
struct loop;
struct running;

/* -EADDRINUSE: another daemon listens there. The others must outlive it. What
 * was left there by a daemon that was killed is replaced. */
int control_new(struct control **controlp, struct loop *loop,
		const char *database, const struct running *running,
		struct killswitch *killswitch);

/* NULL is fine. */
void control_free(struct control *control);

#endif
