#include "callsieve/core/handover.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "callsieve/core/loop.h"

struct parcel {
	void *object;
	struct parcel *next;
};

struct handover {
	struct loop *loop;
	handover_free_h *freeh;
	struct parcel *current;		   /* the loop's */
	_Atomic(struct parcel *) given;	   /* not yet seen by the loop */
	_Atomic(struct parcel *) replaced; /* a stack, for the builder */
	atomic_uint generation;
};

int handover_new(struct handover **handoverp, struct loop *loop,
		 handover_free_h *freeh)
{
	struct handover *handover = calloc(1, sizeof(*handover));

	if (!handover)
		return -ENOMEM;
	handover->loop = loop;
	handover->freeh = freeh;
	*handoverp = handover;
	return 0;
}

static void parcels_free(const struct handover *handover, struct parcel *parcel)
{
	struct parcel *next;

	for (; parcel; parcel = next) {
		next = parcel->next;
		handover->freeh(parcel->object);
		free(parcel);
	}
}

void handover_free(struct handover *handover)
{
	if (!handover)
		return;
	parcels_free(handover, handover->current);
	parcels_free(handover, atomic_load(&handover->given));
	parcels_free(handover, atomic_load(&handover->replaced));
	free(handover);
}

static void put_back(struct handover *handover, struct parcel *parcel)
{
	parcel->next = atomic_load(&handover->replaced);
	while (!atomic_compare_exchange_weak(&handover->replaced, &parcel->next,
					     parcel))
		;
}

static void adopt(void *arg)
{
	struct handover *handover = arg;
	struct parcel *parcel = atomic_exchange(&handover->given, NULL);

	/* One that was overtaken leaves its message behind. */
	if (!parcel)
		return;
	if (handover->current)
		put_back(handover, handover->current);
	handover->current = parcel;
	atomic_fetch_add(&handover->generation, 1);
}

int handover_give(struct handover *handover, void *object)
{
	struct parcel *parcel = calloc(1, sizeof(*parcel));

	if (!parcel) {
		handover->freeh(object);
		return -ENOMEM;
	}
	parcel->object = object;
	parcels_free(handover, atomic_exchange(&handover->given, parcel));
	if (handover->loop)
		return loop_post(handover->loop, adopt, handover);
	adopt(handover);
	return 0;
}

void handover_reclaim(struct handover *handover)
{
	parcels_free(handover, atomic_exchange(&handover->replaced, NULL));
}

void *handover_current(const struct handover *handover)
{
	return handover->current ? handover->current->object : NULL;
}

unsigned handover_generation(const struct handover *handover)
{
	return atomic_load(&handover->generation);
}
