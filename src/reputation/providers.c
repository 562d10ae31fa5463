/* Several services for one call: asked at the same time, answered together.
 * Each answer is its service's own matter (rep.c). */
#include "callsieve/reputation.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/log.h"

#include "rep.h"

struct providers {
	struct loop *loop;
	struct fetch *fetch;
	struct rep *reps[CONFIG_REPUTATIONS_MAX];
	size_t count;
};

struct part {
	struct providers_query *whole;
	struct rep_query *query;
	struct rep_answer *answer;
};

struct providers_query {
	struct part parts[CONFIG_REPUTATIONS_MAX];
	struct rep_answer answers[CONFIG_REPUTATIONS_MAX];
	size_t count, open;
	providers_h *h;
	void *arg;
};

static struct rep *find(const struct providers *providers, const char *name)
{
	for (size_t i = 0; i < providers->count; i++)
		if (!strcmp(rep_name(providers->reps[i]), name))
			return providers->reps[i];
	return NULL;
}

static bool has(struct rep *const reps[], size_t count, const struct rep *rep)
{
	for (size_t i = 0; i < count; i++)
		if (reps[i] == rep)
			return true;
	return false;
}

/* Frees those of one set that are not in the other. */
static void drop(struct rep *const reps[], size_t count,
		 struct rep *const kept[], size_t kept_count)
{
	for (size_t i = 0; i < count; i++)
		if (!has(kept, kept_count, reps[i]))
			rep_free(reps[i]);
}

int providers_configure(struct providers *providers,
			const struct config *config)
{
	struct rep *reps[CONFIG_REPUTATIONS_MAX];
	size_t count = 0;
	int err = 0;

	if (config->reputations_count > CONFIG_REPUTATIONS_MAX)
		return -EINVAL;
	while (!err && count < config->reputations_count) {
		const struct config_reputation *settings =
			&config->reputations[count];

		reps[count] = find(providers, settings->name);
		if (reps[count])
			err = rep_configure(reps[count], settings);
		else
			err = rep_new(&reps[count], providers->loop,
				      providers->fetch, settings);
		count += !err;
	}
	if (err) {
		drop(reps, count, providers->reps, providers->count);
		return err;
	}
	drop(providers->reps, providers->count, reps, count);
	memcpy(providers->reps, reps, sizeof(reps));
	providers->count = count;
	return 0;
}

int providers_new(struct providers **providersp, struct loop *loop,
		  struct fetch *fetch, const struct config *config)
{
	struct providers *providers = calloc(1, sizeof(*providers));
	int err;

	if (!providers)
		return -ENOMEM;
	providers->loop = loop;
	providers->fetch = fetch;
	err = providers_configure(providers, config);
	if (err)
		providers_free(providers);
	else
		*providersp = providers;
	return err;
}

void providers_free(struct providers *providers)
{
	if (!providers)
		return;
	drop(providers->reps, providers->count, NULL, 0);
	free(providers);
}

bool providers_peek(struct providers *providers,
		    const struct rep_question *question,
		    struct rep_answer answers[CONFIG_REPUTATIONS_MAX],
		    size_t *countp)
{
	for (size_t i = 0; i < providers->count; i++)
		if (!rep_knows(providers->reps[i], question, &answers[i]))
			return false;
	for (size_t i = 0; i < providers->count; i++)
		rep_count(providers->reps[i], &answers[i]);
	*countp = providers->count;
	return true;
}

static void on_answer(const struct rep_answer *answer, void *arg)
{
	struct part *part = arg;
	struct providers_query *query = part->whole;

	*part->answer = *answer;
	if (--query->open)
		return;
	query->h(query->answers, query->count, query->arg);
}

int providers_ask(struct providers_query **queryp, struct providers *providers,
		  const struct rep_question *question, providers_h *h,
		  void *arg)
{
	struct providers_query *query = calloc(1, sizeof(*query));
	int err;

	if (!query)
		return -ENOMEM;
	query->h = h;
	query->arg = arg;
	for (size_t i = 0; i < providers->count; i++) {
		struct part *part = &query->parts[i];

		part->whole = query;
		part->answer = &query->answers[i];
		err = rep_ask(&part->query, providers->reps[i], question,
			      on_answer, part);
		/* One that cannot be asked shall not keep the others from
		 * being heard. */
		if (!err)
			query->open++;
		else
			rep_refuse(providers->reps[i], part->answer);
	}
	query->count = providers->count;
	if (!query->open) {
		providers_query_free(query);
		return -ENOMEM;
	}
	*queryp = query;
	return 0;
}

unsigned providers_unawaited(const struct providers *providers)
{
	unsigned unawaited = 0;

	for (size_t i = 0; i < providers->count; i++)
		unawaited += providers->reps[i]->unawaited;
	return unawaited;
}

void providers_query_free(struct providers_query *query)
{
	if (!query)
		return;
	for (size_t i = 0; i < CONFIG_REPUTATIONS_MAX; i++)
		rep_query_free(query->parts[i].query);
	free(query);
}
