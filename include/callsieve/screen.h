/* The decision: facts in, verdict out. Knows no SIP. Signals that answer from
 * memory come first; reputation services are asked only while the matter is
 * still open. */
#ifndef CALLSIEVE_SCREEN_H
#define CALLSIEVE_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "callsieve/core/config.h"
#include "callsieve/model/facts.h"
#include "callsieve/model/verdict.h"

struct complaints;
struct history;
struct invite;
struct json_t; /* jansson's */
struct lists;
struct providers;
struct reports;
struct screen;	  /* one per daemon, on the loop */
struct screening; /* one call whose reputation is being asked */

/* What an INVITE says, as screening understands it. Texts in `facts` are the
 * invite's, lent as that is. */
void facts_read(struct facts *facts, const struct config *config,
		const struct invite *invite);

/* Caller and callee alone; cheap. */
void facts_parties(const struct invite *invite, struct number *caller,
		   struct number *callee);

/* Which calls nothing may stop: read off the INVITE and the configuration
 * alone, no list, no database and no service has a say. */
enum bypass bypass_of(const struct config *config, const struct invite *invite,
		      const struct number *caller, const struct number *callee);

/* Does an emergency desk call back? */
bool bypass_is_psap(const struct config *config, const struct invite *invite,
		    const struct number *caller);

/* Is that an emergency number where the trunk's numbers are? */
bool bypass_is_emergency_number(const struct config *config,
				const struct config_trunk *trunk,
				const struct number *callee);

struct screen_params {
	const struct lists *lists;
	const struct reports *reports;
	const struct complaints *complaints; /* or NULL */
	const struct history *history; /* or NULL */
	struct providers *providers;
};

int screen_new(struct screen **screenp, const struct screen_params *params);
void screen_free(struct screen *screen);

/* The configuration from now on; lent, must stay until the next one is set. */
void screen_configure(struct screen *screen, const struct config *config);

/* At how many points calls of a trunk get which treatment. */
struct thresholds screen_thresholds(const struct config_trunk *trunk);

/* What that many reporting subscribers are worth: `called`, who got a call from
 * the number, and others. */
int screen_report_points(const struct config_screening *config,
			 unsigned called, unsigned hearsay);

/* True: decided, in memory, without any I/O. False: `verdict` holds what is
 * known so far, to be given to screen_ask(). */
bool screen_decide(struct screen *screen, const struct facts *facts,
		   struct verdict *verdict);

typedef void screen_h(const struct verdict *verdict, void *arg);

/* Finishes an undecided verdict. `h` runs exactly once, from the loop, never
 * before this returns. An error means it never will: let the call pass. */
int screen_ask(struct screening **screeningp, struct screen *screen,
	       const struct facts *facts, const struct verdict *sofar,
	       screen_h *h, void *arg);

/* Cancels if under way. Required once each, fine from `h` and with NULL. */
void screening_free(struct screening *screening);

/* Finishes one with what services answered another time. */
void screen_recall(const struct screen *screen, const struct signal_hit *hits,
		   size_t count, struct verdict *verdict);

/* Why a call is rejected: whatever contributed most. Where it takes more than
 * one kind of evidence, that is analytics, unless the block list weighs most.
 */
enum config_reason verdict_reason(const struct verdict *verdict);

/* How it is answered then; *profilep is whose word that is in the end. Both
 * are lent by `config`. */
const struct config_response *
verdict_response(const struct verdict *verdict, const struct config *config,
		 const struct config_trunk *trunk, bool takes_608,
		 const char **profilep);

/* How much of a verdict is carried out. Second tries are told from first ones
 * by what is remembered here. */
struct treatments;

int treatments_new(struct treatments **treatmentsp);
void treatments_free(struct treatments *treatments);

typedef bool treatment_h(void *arg);

struct treatment_params {
	const struct config *config;
	const struct config_trunk *trunk;
	const struct facts *facts;
	bool bypassed;		 /* by an operator, for now */
	treatment_h *answeredh;	 /* is it a challenge answered? NULL: no */
	treatment_h *challengeh; /* makes one; false: none is possible */
	void *arg;
};

/* Sets the verdict's treatment, once for each call. */
void treatments_decide(struct treatments *treatments,
		       const struct treatment_params *params,
		       struct verdict *verdict);

/* The same of a call that nobody makes, as far as it can be known: true if a
 * second try or an answered challenge would change nothing. */
bool treatment_preview(const struct treatment_params *params,
		       struct verdict *verdict);

/* Calls told as JSON objects instead of INVITEs: recordings, and questions. */

/* The one it names, or else the first. */
const struct config_trunk *event_trunk(const struct config *config,
				       const struct json_t *event);

/* The number in that field, which may also be a URI. False: there is none. */
bool event_number(struct number *number, const struct config *config,
		  const struct json_t *event, const char *field);

/* What an INVITE would say that says the same: `from`, `pai`, `display`,
 * `privacy`, `priority`, `to`, `trunk`, and what was found out of its
 * signature: `stir`, `signer`, `origid`. Texts are the event's, lent. */
void event_facts(struct facts *facts, const struct config *config,
		 const struct json_t *event);

/* What would become of a call that nobody makes. Decided as one is, but leaves
 * no trace in history, counters, or second tries. */
struct what_if;

struct what_if_params {
	struct screen *screen;
	struct config *config;
	/* Does an operator let all calls of that trunk through? NULL: no. */
	bool (*bypassedh)(const char *trunk, void *arg);
	void *arg;
};

/* `answer`: {"explanation": {..}, "whole": BOOL}, where whole is false if
 * services were not asked that a call would ask, or {"error": SENTENCE}. Lent,
 * one line without its end. */
typedef void what_if_h(const char *answer, void *arg);

/* `question`: one JSON object, an event with `from` and what else is known;
 * services are asked only with "ask": true. `h` runs once, from the loop or
 * before this returns. Any error is an answer too, but -ENOMEM. */
int what_if_ask(struct what_if **what_ifp, const struct what_if_params *params,
		const char *question, what_if_h *h, void *arg);

/* Cancels if under way. Required once each, fine from `h` and with NULL. */
void what_if_free(struct what_if *what_if);

#endif
