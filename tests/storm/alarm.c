#include "alarm.h"

#include <stdbool.h>
#include <stdlib.h>

#include "fake/trace.h"

struct alarm {
	long at;
	unsigned long number; /* those of one time sound in the order set */
	alarm_h *h;
	void *arg;
};

static struct alarm *heap;
static size_t count, room;
static unsigned long numbers;

static bool before(const struct alarm *a, const struct alarm *b)
{
	return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void swap(size_t i, size_t k)
{
	struct alarm kept = heap[i];

	heap[i] = heap[k];
	heap[k] = kept;
}

void alarm_in(unsigned ms, alarm_h *h, void *arg)
{
	size_t i = count;

	if (count == room) {
		room = room ? room * 2 : 1024;
		heap = realloc(heap, room * sizeof(*heap));
	}
	heap[count++] = (struct alarm){
		.at = trace_clock_ms() + (long)ms,
		.number = numbers++,
		.h = h,
		.arg = arg,
	};
	for (; i && before(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2)
		swap(i, (i - 1) / 2);
}

static struct alarm take(void)
{
	struct alarm first = heap[0];
	size_t i = 0, k;

	heap[0] = heap[--count];
	while ((k = 2 * i + 1) < count) {
		if (k + 1 < count && before(&heap[k + 1], &heap[k]))
			k++;
		if (!before(&heap[k], &heap[i]))
			break;
		swap(i, k);
		i = k;
	}
	return first;
}

int alarm_run(int most)
{
	long now = trace_clock_ms();

	while (count && heap[0].at <= now) {
		struct alarm due = take();

		due.h(due.arg);
	}
	if (count && heap[0].at - now < most)
		most = heap[0].at > now ? (int)(heap[0].at - now) : 0;
	return most;
}

void alarm_clear(void)
{
	free(heap);
	heap = NULL;
	count = room = 0;
}
