/* History outlives the process: it is written to a file once in a while and at
 * the end, and read at the start. The loop hands it over in blocks, one at a
 * time with pauses, to a thread that writes them; so the loop never waits for a
 * disk, and never copies more than a block (some 90 KiB) at once. What changes
 * meanwhile is in the file as it was or as it is: it is a memory of habits, not
 * a ledger. */
#include "callsieve/history.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/core/loop.h"
#include "callsieve/core/metrics.h"
#include "file.h"
#include "internal.h"

#define PAUSE_MS   5   /* between blocks */
#define QUEUED_MAX 32  /* blocks; 3 MiB */
#define FULL_MS	   200 /* before a full queue is looked at again */

struct parcel {
	struct parcel *next;
	struct block block;
};

struct history_keeper {
	struct history *history;
	struct loop_timer *timer;
	char *path;
	unsigned every_ms;

	/* The loop's. */
	size_t slot; /* how far this round has come, in both tables */
	uint64_t longest_us;

	pthread_t thread;
	bool started;
	pthread_mutex_t mutex; /* of what follows */
	pthread_cond_t cond;
	struct parcel *head, **tail;
	unsigned queued;
	bool stopping;
};

static size_t slots_of(const struct history *history)
{
	return history->subjects.mask + 1 + history->pairs.mask + 1;
}

static void fill_subjects(struct block *block, const struct subjects *table,
			  size_t slot)
{
	block->kind = BLOCK_SUBJECTS;
	for (size_t i = slot; i < slot + BLOCK_SLOTS && i <= table->mask; i++)
		if (table->entries[i].key)
			block->of.subjects[block->count++] = table->entries[i];
}

static void fill_pairs(struct block *block, const struct pairs *table,
		       size_t slot)
{
	block->kind = BLOCK_PAIRS;
	for (size_t i = slot; i < slot + BLOCK_SLOTS && i <= table->mask; i++)
		if (table->entries[i].tag)
			block->of.pairs[block->count++] = (struct placed_pair){
				i / WAYS, table->entries[i]};
}

/* The next block, from a slot on; how many slots that were. */
static size_t fill(struct block *block, const struct history *history,
		   size_t slot)
{
	size_t subjects = history->subjects.mask + 1;

	block->count = 0;
	if (slot < subjects) {
		fill_subjects(block, &history->subjects, slot);
		return subjects - slot < BLOCK_SLOTS ? subjects - slot
						     : BLOCK_SLOTS;
	}
	fill_pairs(block, &history->pairs, slot - subjects);
	return BLOCK_SLOTS;
}

int history_save(const struct history *history, const char *path)
{
	struct block *block = malloc(sizeof(*block));
	struct history_file file;
	size_t slot = 0;
	int err, closed;

	if (!block)
		return -ENOMEM;
	err = history_file_create(&file, path,
				  (history->pairs.mask + 1) / WAYS);
	while (!err && slot < slots_of(history)) {
		slot += fill(block, history, slot);
		err = history_file_add(&file, block);
	}
	closed = history_file_close(&file, !err);
	free(block);
	return err ? err : closed;
}

static void take_subjects(struct history *history, const struct block *block)
{
	for (uint32_t i = 0; i < block->count; i++)
		subject_put(&history->subjects, &block->of.subjects[i]);
}

/* Of a table of another size a bucket is part of one, or becomes several: the
 * tags will tell. */
static void take_pairs(struct history *history, const struct block *block,
		       uint64_t buckets)
{
	uint64_t now = (history->pairs.mask + 1) / WAYS;

	for (uint32_t i = 0; i < block->count; i++) {
		const struct placed_pair *placed = &block->of.pairs[i];
		uint64_t at = placed->bucket & (now - 1);

		for (; at < now; at += buckets)
			pair_put(&history->pairs, at, &placed->pair);
	}
}

int history_load(struct history *history, const char *path)
{
	struct block *block = malloc(sizeof(*block));
	struct history_file file;
	uint64_t buckets;
	int err;

	if (!block)
		return -ENOMEM;
	err = history_file_open(&file, path, &buckets);
	if (err) {
		free(block);
		return err;
	}
	while (!(err = history_file_next(&file, block)) &&
	       block->kind != BLOCK_END) {
		if (block->kind == BLOCK_SUBJECTS)
			take_subjects(history, block);
		else
			take_pairs(history, block, buckets);
	}
	history_file_close(&file, false);
	free(block);
	return err;
}

/* Takes it over. */
static void push(struct history_keeper *keeper, struct parcel *parcel)
{
	parcel->next = NULL;
	pthread_mutex_lock(&keeper->mutex);
	*keeper->tail = parcel;
	keeper->tail = &parcel->next;
	keeper->queued++;
	pthread_cond_signal(&keeper->cond);
	pthread_mutex_unlock(&keeper->mutex);
}

static bool is_full(struct history_keeper *keeper)
{
	bool full;

	pthread_mutex_lock(&keeper->mutex);
	full = keeper->queued >= QUEUED_MAX;
	pthread_mutex_unlock(&keeper->mutex);
	return full;
}

static void hand_over(struct history_keeper *keeper, struct parcel *parcel)
{
	uint64_t start = now_mono_us(), took;

	keeper->slot += fill(&parcel->block, keeper->history, keeper->slot);
	took = now_mono_us() - start;
	if (took > keeper->longest_us)
		keeper->longest_us = took;
	push(keeper, parcel);
}

static void end_round(struct history_keeper *keeper, struct parcel *parcel)
{
	parcel->block.kind = BLOCK_END;
	parcel->block.count = 0;
	push(keeper, parcel);
	log_debug("event=history-handed-over longest_us=%llu",
		  (unsigned long long)keeper->longest_us);
	keeper->slot = 0;
	keeper->longest_us = 0;
}

static void on_timer(void *arg)
{
	struct history_keeper *keeper = arg;
	bool end = keeper->slot >= slots_of(keeper->history);
	struct parcel *parcel =
		is_full(keeper) ? NULL : malloc(sizeof(*parcel));

	if (!parcel) {
		loop_timer_set(keeper->timer, FULL_MS);
		return;
	}
	if (end)
		end_round(keeper, parcel);
	else
		hand_over(keeper, parcel);
	loop_timer_set(keeper->timer, end ? keeper->every_ms : PAUSE_MS);
}

/* NULL: no more will come. */
static struct parcel *pull(struct history_keeper *keeper)
{
	struct parcel *parcel;

	pthread_mutex_lock(&keeper->mutex);
	while (!keeper->head && !keeper->stopping)
		pthread_cond_wait(&keeper->cond, &keeper->mutex);
	parcel = keeper->stopping ? NULL : keeper->head;
	if (parcel) {
		keeper->head = parcel->next;
		if (!keeper->head)
			keeper->tail = &keeper->head;
		keeper->queued--;
	}
	pthread_mutex_unlock(&keeper->mutex);
	return parcel;
}

static void complain(const struct history_keeper *keeper, int err)
{
	if (!err)
		return;
	metric_add(METRIC_HISTORY_SAVE_ERRORS, 1);
	log_error("event=history-not-saved file=%s error=\"%s\"", keeper->path,
		  strerror(-err));
}

static int write_block(struct history_keeper *keeper, struct history_file *file,
		       const struct block *block)
{
	int err = 0;

	if (!file->file)
		err = history_file_create(file, keeper->path,
					  (keeper->history->pairs.mask + 1) /
						  WAYS);
	return err ? err : history_file_add(file, block);
}

/* After an error the rest of the round is for nothing. */
static void *run(void *arg)
{
	struct history_keeper *keeper = arg;
	struct history_file file = {0};
	struct parcel *parcel;
	int err = 0;

	while ((parcel = pull(keeper))) {
		if (parcel->block.kind != BLOCK_END) {
			if (!err)
				err = write_block(keeper, &file,
						  &parcel->block);
		} else {
			int closed = history_file_close(&file, !err);

			complain(keeper, err ? err : closed);
			err = 0;
		}
		free(parcel);
	}
	history_file_close(&file, false);
	return NULL;
}

/* Signals are the main thread's. */
static int start(struct history_keeper *keeper)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&keeper->thread, NULL, run, keeper);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	keeper->started = !err;
	return -err;
}

static void load(struct history_keeper *keeper)
{
	int err = history_load(keeper->history, keeper->path);

	if (!err)
		log_info("event=history-loaded file=%s", keeper->path);
	else if (err != -ENOENT)
		log_warn("event=history-ignored file=%s error=\"%s\"",
			 keeper->path,
			 err == -EBADMSG ? "damaged, or of another version"
					 : strerror(-err));
}

int history_keeper_new(struct history_keeper **keeperp, struct loop *loop,
		       struct history *history, const char *path,
		       unsigned every_s)
{
	struct history_keeper *keeper = calloc(1, sizeof(*keeper));
	int err;

	if (!keeper)
		return -ENOMEM;
	keeper->history = history;
	keeper->every_ms = every_s * 1000;
	keeper->tail = &keeper->head;
	pthread_mutex_init(&keeper->mutex, NULL);
	pthread_cond_init(&keeper->cond, NULL);
	keeper->path = strdup(path);
	err = keeper->path
		      ? loop_timer_new(&keeper->timer, loop, on_timer, keeper)
		      : -ENOMEM;
	if (!err)
		err = start(keeper);
	if (err) {
		history_keeper_free(keeper);
		return err;
	}
	load(keeper);
	loop_timer_set(keeper->timer, keeper->every_ms);
	*keeperp = keeper;
	return 0;
}

static void stop(struct history_keeper *keeper)
{
	pthread_mutex_lock(&keeper->mutex);
	keeper->stopping = true;
	pthread_cond_signal(&keeper->cond);
	pthread_mutex_unlock(&keeper->mutex);
	pthread_join(keeper->thread, NULL);
	complain(keeper, history_save(keeper->history, keeper->path));
}

void history_keeper_free(struct history_keeper *keeper)
{
	if (!keeper)
		return;
	loop_timer_free(keeper->timer);
	if (keeper->started)
		stop(keeper);
	while (keeper->head) {
		struct parcel *parcel = keeper->head;

		keeper->head = parcel->next;
		free(parcel);
	}
	pthread_mutex_destroy(&keeper->mutex);
	pthread_cond_destroy(&keeper->cond);
	free(keeper->path);
	free(keeper);
}
