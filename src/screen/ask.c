/* The one stage that may wait: asks the reputation services about a caller on
 * whom memory could not settle. The sharing of questions and the breaker are
 * their clients' business. */
#include <errno.h>
#include <stdlib.h>

#include "callsieve/reputation.h"

#include "internal.h"

struct screening {
	struct verdict verdict;
	const struct screen *screen;
	struct providers_query *query;
	screen_h *h;
	void *arg;
};

static void on_answers(const struct rep_answer *answers, size_t count,
		       void *arg)
{
	struct screening *screening = arg;

	verdict_add_reputation(&screening->verdict, screening->screen->config,
			       answers, count);
	screening->h(&screening->verdict, screening->arg);
}

int screen_ask(struct screening **screeningp, struct screen *screen,
	       const struct facts *facts, const struct verdict *sofar,
	       screen_h *h, void *arg)
{
	struct rep_question question = {
		.caller = &facts->caller,
		.callee = &facts->callee,
		.deadline_ms = screen->config->screening.reputation_ms,
	};
	struct screening *screening;
	int err;

	screening = calloc(1, sizeof(*screening));
	if (!screening)
		return -ENOMEM;
	screening->verdict = *sofar;
	screening->screen = screen;
	screening->h = h;
	screening->arg = arg;

	err = providers_ask(&screening->query, screen->sources.providers,
			    &question, on_answers, screening);
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
	providers_query_free(screening->query);
	free(screening);
}
