/* One call from INVITE to final answer: where SIP and screening meet. Makes
 * facts of the INVITE, asks for a verdict, turns it into an order, and keeps
 * the record. Knows neither how to bridge nor how to judge. */
#include "gate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/core/clock.h"
#include "callsieve/core/config.h"
#include "callsieve/core/digest.h"
#include "callsieve/core/log.h"
#include "callsieve/core/log_limit.h"
#include "callsieve/core/metrics.h"
#include "callsieve/history.h"
#include "callsieve/lists.h"
#include "callsieve/model/invite.h"
#include "callsieve/reports.h"
#include "callsieve/screen.h"

#include "crowd.h"
#include "killswitch.h"
#include "reject.h"
#include "treat.h"

struct gate {
	struct screen *screen;
	struct calls *calls;
	struct history *history;
	const struct lists *lists;
	struct reports *reports;
	const struct config *config;
	const struct redress *redress;
	struct killswitch *killswitch;
	struct treat *treat;
	struct crowd *crowd;
	struct log_limit log; /* of calls refused */
	struct reject_answer no; /* the last one, while it is sent */
};

/* A call under way: owned by sip's call through its `ctx`. */
struct visit {
	struct gate *gate;
	struct call *call; /* set while the verdict is awaited */
	struct screening *screening;
	struct call_record *record;
	uint64_t began_us;
	struct facts facts; /* its texts until the verdict */
	const struct config_trunk *trunk; /* of the call's configuration */
	bool takes_608;
	struct history_mark mark;
	struct verdict *sofar; /* while the verdict is awaited */
};

/* A subscriber said so elsewhere, of a call that records show. */
static void on_report(const struct number *number,
		      const struct number *subscriber, void *arg)
{
	const struct gate *gate = arg;

	history_reported(gate->history, number, subscriber, now_wall_s());
}

int gate_new(struct gate **gatep, const struct gate_params *params)
{
	struct gate *gate = calloc(1, sizeof(*gate));
	int err;

	if (!gate)
		return -ENOMEM;
	gate->screen = params->screen;
	gate->calls = params->calls;
	gate->history = params->history;
	gate->lists = params->lists;
	gate->reports = params->reports;
	gate->redress = params->redress;
	gate->killswitch = params->killswitch;
	reports_listen(gate->reports, on_report, gate);
	err = treat_new(&gate->treat, params->redress);
	if (!err)
		err = crowd_new(&gate->crowd);
	if (err)
		gate_free(gate);
	else
		*gatep = gate;
	return err;
}

void gate_free(struct gate *gate)
{
	if (!gate)
		return;
	treat_free(gate->treat);
	crowd_free(gate->crowd);
	free(gate);
}

void gate_configure(struct gate *gate, const struct config *config)
{
	gate->config = config;
}

static struct privilege on_privilege(const struct invite *invite, void *arg)
{
	const struct gate *gate = arg;
	struct number caller, callee;
	enum bypass bypass;

	facts_parties(invite, &caller, &callee);
	bypass = bypass_of(gate->config, invite, &caller, &callee);
	return (struct privilege){
		.exempt = bypass != BYPASS_NONE && bypass != BYPASS_TAKEOVER,
		.callback = bypass_is_psap(gate->config, invite, &caller),
	};
}

static struct call_record *record_for(const struct invite *invite,
				      const struct facts *facts)
{
	struct call_record *record = call_record_new();

	if (!record)
		return NULL;
	random_token(record->id, CALL_ID_SIZE - 1);
	record->trunk = strdup(invite->trunk->name);
	record->source = strdup(invite->source);
	record->call_id = strdup(invite->call_id);
	record->from_uri = strdup(invite->from_uri);
	record->to_uri = strdup(invite->request_uri);
	call_record_keep(record, facts);
	record->started_ms = now_wall_ms();
	return record;
}

static void log_verdict(const struct call_record *record,
			const struct verdict *verdict)
{
	char caller[NUMBER_TEXT], callee[NUMBER_TEXT], call_id[160];
	const char *why =
		verdict->signals_count ? verdict->signals[0].name : "-";

	if (!log_wants(LOG_LEVEL_INFO))
		return;
	log_info("call=%s event=verdict action=%s treatment=%s basis=%s "
		 "score=%d reject_at=%d signal=%s trunk=%s caller=%s callee=%s "
		 "call_id=%s",
		 record->id, verdict_action_name(verdict->action),
		 verdict_action_name(verdict->treatment),
		 verdict_basis_name(verdict->basis), verdict->score,
		 verdict->thresholds.reject_at, why, record->trunk,
		 number_log(caller, &record->facts.caller),
		 number_log(callee, &record->facts.callee),
		 log_quote(call_id, sizeof(call_id), record->call_id));
}

static bool is_refused(const struct verdict *verdict)
{
	return verdict->treatment > VERDICT_LABEL;
}

/* A call of a subscriber tells whom the subscriber knows, any other who calls
 * whom how often. */
static void remember(struct visit *visit, const struct verdict *verdict)
{
	const struct facts *facts = &visit->facts;
	struct history *history = visit->gate->history;

	if (facts->outbound)
		history_dialled(history, &facts->caller, &facts->callee,
				facts->bypass == BYPASS_EMERGENCY,
				now_wall_s());
	else
		history_call(history, facts, !is_refused(verdict),
			     now_wall_s(), &visit->mark);
}

/* How the callee took it; of calls that we ended nobody knows. */
static void remember_end(const struct visit *visit, const struct call_end *end)
{
	const struct call_record *record = visit->record;
	int64_t now = now_wall_ms();
	int64_t rang = end->answered_ms ? end->answered_ms : now;
	const struct call_outcome outcome = {
		.answered = end->answered_ms != 0,
		.ring_s = (unsigned)((rang - record->started_ms) / 1000),
		.talk_s = (unsigned)((now - rang) / 1000),
		.refused = end->by == PARTY_CALLEE,
	};

	if (!visit->facts.outbound &&
	    (end->answered_ms || end->by != PARTY_CALLSIEVE))
		history_ended(visit->gate->history, &visit->mark, &outcome,
			      now / 1000);
}

/* RFC 8197 4: the phone that was called says that the caller is unwanted. A
 * number that was withheld is not put where the subscriber could read it. */
static void remember_report(const struct visit *visit,
			    const struct call_end *end)
{
	const struct facts *facts = &visit->facts;
	struct report_heard heard = {
		.caller = facts->caller,
		.callee = facts->callee,
		.answered = end->answered_ms != 0,
	};

	if (!end->unwanted || facts->outbound ||
	    facts->bypass != BYPASS_NONE ||
	    facts->caller.kind != NUMBER_E164 ||
	    facts->callee.kind != NUMBER_E164)
		return;
	history_reported(visit->gate->history, &facts->caller, &facts->callee,
			 now_wall_s());
	memcpy(heard.call, visit->record->id, sizeof(heard.call));
	if (!facts->withheld)
		reports_hear(visit->gate->reports, &heard);
}

static enum metric metric_of_action(enum verdict_action action)
{
	switch (action) {
	case VERDICT_REJECT:
		return METRIC_CALLS_REJECTED;
	case VERDICT_CHALLENGE:
		return METRIC_CALLS_CHALLENGED;
	case VERDICT_GREYLIST:
		return METRIC_CALLS_GREYLISTED;
	case VERDICT_LABEL:
		return METRIC_CALLS_LABELLED;
	default:
		return METRIC_CALLS_BRIDGED;
	}
}

static void treat(struct visit *visit, struct verdict *verdict)
{
	const struct treat_params params = {
		.config = visit->gate->config,
		.trunk = visit->trunk,
		.facts = &visit->facts,
		.request_uri = visit->record->to_uri ? visit->record->to_uri
						     : "",
		.bypassed = killswitch_is_on(visit->gate->killswitch,
					     visit->trunk->name),
	};

	treat_decide(visit->gate->treat, &params, verdict);
}

static void count_hits(const struct gate *gate, const struct verdict *verdict)
{
	for (unsigned i = 0; i < verdict->signals_count; i++)
		if (verdict->signals[i].row)
			lists_hit(gate->lists, verdict->signals[i].name,
				  verdict->signals[i].row);
}

static void settle_verdict(struct visit *visit, struct verdict *verdict)
{
	remember(visit, verdict);
	verdict->decide_us = (uint32_t)(now_mono_us() - visit->began_us);
	log_verdict(visit->record, verdict);
	count_hits(visit->gate, verdict);
	visit->record->verdict = verdict_dup(verdict);
	metric_add(metric_of_action(verdict->treatment), 1);
}

static const char *party_name(enum call_party party)
{
	static const char *const names[] = {
		[PARTY_CALLER] = "caller",
		[PARTY_CALLEE] = "callee",
		[PARTY_CALLSIEVE] = "callsieve",
	};

	return names[party];
}

static void finish(struct visit *visit, const struct call_end *end)
{
	struct call_record *record = visit->record;

	record->status = end->status;
	record->phrase = strdup(end->phrase ? end->phrase : "");
	record->answered_ms = end->answered_ms;
	record->ended_ms = now_wall_ms();
	record->ended_by = party_name(end->by);
	if (end->gateway)
		record->gateway = strdup(end->gateway);
	if (end->call_id_out)
		record->call_id_out = strdup(end->call_id_out);
	if (end->redirected_to)
		record->redirected_to = strdup(end->redirected_to);
	calls_put(visit->gate->calls, record);
	visit->record = NULL;
}

static void visit_free(struct visit *visit)
{
	if (!visit)
		return;
	screening_free(visit->screening);
	call_record_free(visit->record);
	free(visit->sofar);
	free(visit);
}

static struct visit *visit_new(struct gate *gate, const struct invite *invite)
{
	struct visit *visit = calloc(1, sizeof(*visit));

	if (!visit)
		return NULL;
	visit->gate = gate;
	visit->trunk = invite->trunk;
	visit->takes_608 = invite->takes_608;
	visit->began_us = now_mono_us();
	facts_read(&visit->facts, gate->config, invite);
	visit->record = record_for(invite, &visit->facts);
	if (visit->record)
		return visit;
	free(visit);
	return NULL;
}

static void note_rejection(struct call_record *record,
			   const struct reject_answer *no)
{
	record->profile = strdup(no->profile);
	record->reason = no->reason;
	strcpy(record->redress_id, no->redress_id);
}

/* Lent until the next one. */
static const struct sip_answer *rejection(const struct visit *visit,
					  const struct verdict *verdict)
{
	struct gate *gate = visit->gate;
	const struct reject_params params = {
		.config = gate->config,
		.trunk = visit->trunk,
		.redress = gate->redress,
		.call_id = visit->record->id,
		.takes_608 = visit->takes_608,
	};

	if (verdict->treatment == VERDICT_REJECT) {
		reject_answer(&gate->no, &params, verdict);
		note_rejection(visit->record, &gate->no);
	} else {
		treat_answer(gate->treat, &gate->no.sip, gate->config, verdict);
	}
	return &gate->no.sip;
}

static enum invite_order reject(struct visit *visit,
				const struct verdict *verdict,
				struct sip_answer *answer)
{
	const struct sip_answer *how = rejection(visit, verdict);
	const struct call_end end = {.by = PARTY_CALLSIEVE,
				     .status = how->status,
				     .phrase = how->phrase};

	*answer = *how;
	finish(visit, &end);
	visit_free(visit);
	return INVITE_REJECT;
}

/* RFC 3261 21.4.18: not now, and not by another way either, but who would be
 * reached is not to blame, and is not said to be busy. A 503 would have the
 * whole trunk avoid us. */
static struct sip_answer crowded(const struct gate *gate)
{
	return (struct sip_answer){.status = 480,
				   .phrase = "Temporarily Unavailable",
				   .retry_after_s =
					   gate->config->callee_window_s};
}

static void shed(struct visit *visit)
{
	const struct call_record *record = visit->record;
	char callee[NUMBER_TEXT], call_id[160];
	unsigned long left_out;

	metric_add(METRIC_CALLS_SHED, 1);
	metric_of_add(metric_subject("trunk", record->trunk),
		      METRIC_OF_SHED_CALLEE, 1);
	if (!log_wants(LOG_LEVEL_INFO) ||
	    !log_limit_pass(&visit->gate->log, now_mono_us(), &left_out))
		return;
	log_info("call=%s event=refused status=480 reason=\"callee\" trunk=%s "
		 "callee=%s call_id=%s left_out=%lu",
		 record->id, record->trunk, number_log(callee, &record->facts.callee),
		 log_quote(call_id, sizeof(call_id), record->call_id),
		 left_out);
}

/* One call too many for its callee? Those that would be rejected anyway are
 * not counted, so that a flood of them does not shut out the rest. */
static bool overcrowds(struct visit *visit, const struct verdict *verdict,
		       bool decided)
{
	struct gate *gate = visit->gate;
	const struct number *callee = &visit->facts.callee;
	uint64_t now = now_mono_us();

	if (visit->facts.bypass != BYPASS_NONE ||
	    (decided &&
	     (is_refused(verdict) || verdict->basis == BASIS_NEVERBLOCK ||
	      verdict->basis == BASIS_EMERGENCY ||
	      verdict->basis == BASIS_SUBSCRIBER ||
	      verdict->basis == BASIS_ALLOWLIST)))
		return false;
	if (decided ? crowd_enter(gate->crowd, gate->config, callee, now)
		    : !crowd_full(gate->crowd, gate->config, callee, now))
		return false;
	shed(visit);
	return true;
}

static enum invite_order on_invite(const struct invite *invite,
				   struct sip_answer *answer, void **ctxp,
				   void *arg)
{
	struct gate *gate = arg;
	struct visit *visit = visit_new(gate, invite);
	struct verdict verdict;
	bool decided;

	/* Without memory we know nothing, and a wanted call must not pay. */
	*ctxp = visit;
	if (!visit)
		return INVITE_BRIDGE;
	/* Nobody outside is asked about a call that passes anyway. */
	decided = screen_decide(gate->screen, &visit->facts, &verdict) ||
		  killswitch_is_on(gate->killswitch, visit->trunk->name);
	if (decided)
		treat(visit, &verdict);
	if (overcrowds(visit, &verdict, decided)) {
		/* No record: there may be thousands a second. */
		visit_free(visit);
		*answer = crowded(gate);
		return INVITE_REJECT;
	}
	if (decided) {
		settle_verdict(visit, &verdict);
		if (is_refused(&verdict))
			return reject(visit, &verdict, answer);
		return verdict.treatment == VERDICT_LABEL ? INVITE_WAIT
							  : INVITE_BRIDGE;
	}
	visit->sofar = malloc(sizeof(*visit->sofar));
	if (!visit->sofar)
		return INVITE_BRIDGE;
	*visit->sofar = verdict;
	return INVITE_WAIT;
}

static void bridge(struct visit *visit, struct call *call)
{
	const struct call_record *record = visit->record;

	if (record->verdict && record->verdict->treatment == VERDICT_LABEL)
		treat_label(call, visit->gate->config, record);
	call_bridge(call);
}

static void on_verdict(const struct verdict *verdict, void *arg)
{
	struct visit *visit = arg;
	struct verdict final = *verdict;
	struct call *call = visit->call;
	const struct sip_answer too_many = crowded(visit->gate);
	bool full;

	treat(visit, &final);
	full = overcrowds(visit, &final, true);
	if (!full)
		settle_verdict(visit, &final);
	free(visit->sofar);
	visit->sofar = NULL;
	visit->call = NULL;
	if (full)
		call_reject(call, &too_many);
	else if (is_refused(&final))
		call_reject(call, rejection(visit, &final));
	else
		bridge(visit, call);
}

static void on_waiting(struct call *call, void *ctx, void *arg)
{
	struct visit *visit = ctx;
	struct gate *gate = arg;

	if (visit->record->verdict) {
		bridge(visit, call);
		return;
	}
	visit->call = call;
	if (screen_ask(&visit->screening, gate->screen, &visit->facts,
		       visit->sofar, on_verdict, visit) != 0)
		on_verdict(visit->sofar, visit);
}

static void on_ended(const struct call_end *end, void *ctx, void *arg)
{
	struct visit *visit = ctx;

	(void)arg;
	if (!visit)
		return;
	/* Hung up before the verdict: what was known by then is recorded. */
	if (!visit->record->verdict) {
		visit->record->verdict = visit->sofar;
		visit->sofar = NULL;
	}
	log_info("call=%s event=ended by=%s status=%d answered=%s gateway=%s "
		 "call_id_out=%s",
		 visit->record->id, party_name(end->by), end->status,
		 end->answered_ms ? "yes" : "no",
		 end->gateway ? end->gateway : "-",
		 end->call_id_out ? end->call_id_out : "-");
	remember_end(visit, end);
	remember_report(visit, end);
	finish(visit, end);
	visit_free(visit);
}

static const char *name_of(void *ctx)
{
	const struct visit *visit = ctx;

	return visit ? visit->record->id : NULL;
}

const struct sip_events gate_events = {
	.invite = on_invite,
	.privilege = on_privilege,
	.name = name_of,
	.waiting = on_waiting,
	.ended = on_ended,
};
