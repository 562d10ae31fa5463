/* The socket DATABASE-control (callsieve/core/control.h), by which `callsieve`
 * asks how we are, what would become of a call, and for a reload. */
#ifndef CALLSIEVE_APP_CONTROL_H
#define CALLSIEVE_APP_CONTROL_H

struct control;
struct killswitch;
struct loop;
struct running;

/* -EADDRINUSE: another daemon listens there. The others must outlive it. What
 * was left there by a daemon that was killed is replaced. */
int control_new(struct control **controlp, struct loop *loop,
		const char *database, struct running *running,
		struct killswitch *killswitch);

/* NULL is fine. */
void control_free(struct control *control);

#endif
