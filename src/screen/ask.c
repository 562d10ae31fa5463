/* The one stage that may wait: asks the reputation service about a caller on
 * whom memory could not settle. The deadline, the sharing of questions and
 * the breaker are the service client's business. */
#include <errno.h>
#include <stdlib.h>

#include "callsieve/reputation.h"

#include "internal.h"
#include "signals/signals.h"

struct screening {
	struct verdict verdict;
	struct reputation_weight weight;
	struct rep_query *query;
	screen_h *h;
	void *arg;
};

static void on_answer(const struct rep_answer *answer, void *arg)
{
	struct screening *screening = arg;

	verdict_add_reputation(&screening->verdict, answer, &screening->weight);
	screening->h(&screening->verdict, screening->arg);
}

int screen_ask(struct screening **screeningp, struct screen *screen,
	       const struct facts *facts, const struct verdict *sofar,
	       screen_h *h, void *arg)
{
	struct screening *screening;
	int err;

	screening = calloc(1, sizeof(*screening));
	if (!screening)
		return -ENOMEM;
	screening->verdict = *sofar;
	screening->weight = reputation_weight(screen);
	screening->h = h;
	screening->arg = arg;

	err = rep_ask(&screening->query, screen->sources.rep, &facts->caller,
		      on_answer, screening);
	if (err)
		free(screening);
	else
		*screeningp = screening;
	return err;
}

void screening_free(struct screening *screening)
{
	if (!screening)
		return;
	rep_query_free(screening->query);
	free(screening);
}
