/* Hands objects that another thread built over to the loop, which only reads
 * them: the newest is current. Replaced ones go back to the builder to be
 * freed, since giving back hundreds of megabytes would stall the loop. */
#ifndef CALLSIEVE_CORE_HANDOVER_H
#define CALLSIEVE_CORE_HANDOVER_H

struct handover;
struct loop;

typedef void handover_free_h(void *object);

/* Without a loop (in tests) what is given is current at once. */
int handover_new(struct handover **handoverp, struct loop *loop,
		 handover_free_h *freeh);

/* Frees all objects. Neither thread may use it any more, and the loop must
 * not run again. */
void handover_free(struct handover *handover);

/* On the builder's thread. Takes the object, also on error. */
int handover_give(struct handover *handover, void *object);

/* On the builder's thread: frees what was replaced. */
void handover_reclaim(struct handover *handover);

/* On the loop: lent until it next runs. NULL before the first. */
void *handover_current(const struct handover *handover);

/* How many objects have been current. Any thread. */
unsigned handover_generation(const struct handover *handover);

#endif
