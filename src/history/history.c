/* What is counted, and under which keys. A number is three subjects: as it was
 * vouched for by its carrier (attestation A), as a customer known to a carrier
 * sent it (B), and as anybody may have claimed it. A spoofer's deeds so do not
 * become the owner's, nor the owner's good name his. */
#include "callsieve/history.h"

#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#define BLOCK_DIGITS	4     /* left off a number: its block of 10,000 */
#define USUAL_REPORTS	20    /* of ... */
#define USUAL_CALLS	2000  /* ... it is, before much is known */
#define ORIGIN_CALLS	5     /* with less, an origin says nothing yet */
#define NEXT_GAP	5     /* how far apart "the next number" may be */
#define ONWARD_GAP	100   /* likewise, going on in the same direction */
#define SOUGHT		0.1F  /* dialled so often, a good while ago */
#define TALK_S		20    /* shorter is no conversation */
#define DIALLED_AGAIN_S 86400 /* oftener proves no more */
#define RUN_MAX		1000
#define AGAIN_S		3600 /* a call of a pair so soon is a try again */
#define REPORTABLE_S                                                           \
	(14 * 86400) /* so long after a call it may be reported                \
		      */

enum kind {
	KIND_CLAIMED,
	KIND_VOUCHED,
	KIND_ORIGIN,
	KIND_BLOCK,
	KIND_CALLED,
	KIND_DIALLED,
	KIND_EMERGENCY,
	KIND_SIGNER,
	KIND_ALL,
	KIND_KNOWN,
	KIND_NEXT_DOOR
};

int history_new(struct history **historyp, size_t subjects, size_t pairs)
{
	struct history *history = calloc(1, sizeof(*history));

	if (!history)
		return -ENOMEM;
	if (subjects_new(&history->subjects, subjects) ||
	    pairs_new(&history->pairs, pairs)) {
		history_free(history);
		return -ENOMEM;
	}
	*historyp = history;
	return 0;
}

void history_free(struct history *history)
{
	if (!history)
		return;
	free(history->subjects.entries);
	free(history->pairs.entries);
	free(history);
}

/* The finaliser of MurmurHash3, which Appleby gave away. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccd;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53;
	return x ^ x >> 33;
}

static uint64_t key_of(enum kind kind, uint64_t a, uint64_t b)
{
	uint64_t key = mix(mix(a + kind) ^ (b * 0x9e3779b97f4a7c15 + kind));

	return key ? key : 1;
}

static uint64_t key_text(enum kind kind, const char *text)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return key_of(kind, hash, 0);
}

static uint64_t block_key(const struct number *number)
{
	unsigned digits = number_digits(number);

	if (digits <= BLOCK_DIGITS)
		return 0;
	return key_of(KIND_BLOCK,
		      number_key_prefix(number, digits - BLOCK_DIGITS), 0);
}

/* 0: there is no such subject of this call. */
struct keys {
	uint64_t caller, claimed, vouched, known, origin, signer, block, pair;
};

/* As which of the subjects that a number is. */
static enum kind as_whom(const struct facts *facts)
{
	if (facts_vouched(facts))
		return KIND_VOUCHED;
	return facts->stir == STIR_PASSED && facts->attest == 'B'
		       ? KIND_KNOWN
		       : KIND_CLAIMED;
}

static void keys_for(struct keys *keys, const struct facts *facts)
{
	uint64_t caller = number_key_exact(&facts->caller);
	uint64_t callee = number_key_exact(&facts->callee);

	*keys = (struct keys){0};
	if (facts->stir == STIR_PASSED && facts->origid && *facts->origid)
		keys->origin = key_text(KIND_ORIGIN, facts->origid);
	if (facts->stir == STIR_PASSED && facts->signer && *facts->signer)
		keys->signer = key_text(KIND_SIGNER, facts->signer);
	if (!caller)
		return;
	keys->claimed = key_of(KIND_CLAIMED, caller, 0);
	keys->vouched = key_of(KIND_VOUCHED, caller, 0);
	keys->known = key_of(KIND_KNOWN, caller, 0);
	keys->caller = key_of(as_whom(facts), caller, 0);
	keys->block = block_key(&facts->caller);
	if (callee)
		keys->pair = key_of(KIND_CALLED, caller, callee);
}

/* Of a number as it was signed for; nobody's if it is not. */
static struct hands hands_of(const struct history *history,
			     const struct keys *keys)
{
	const struct subject *origin;

	if (keys->caller == keys->claimed)
		return (struct hands){0};
	origin = keys->origin ? subject_find(&history->subjects, keys->origin)
			      : NULL;
	return (struct hands){keys->signer, keys->origin,
			      origin && origin->calls >= ORIGIN_CALLS};
}

static void read_subject(const struct history *history, uint64_t key,
			 const struct hands *hands, uint32_t now,
			 struct behaviour *is)
{
	const struct subject *found =
		key ? subject_find(&history->subjects, key) : NULL;
	struct subject subject;

	*is = (struct behaviour){0};
	if (!found)
		return;
	is->last_seen = found->last_s;
	subject = *found;
	subject_fade(&subject, now);
	if (hands && subject_changed_hands(&subject, hands, now))
		subject_hold(&subject, hands, now);
	is->calls_hour = (double)subject.hour;
	is->calls = (double)subject.calls;
	is->ended = (double)subject.ended;
	is->answered = (double)subject.answered;
	is->brief = (double)subject.brief;
	is->pings = (double)subject.pings;
	is->talks = (double)subject.talks;
	is->reports = (double)subject.reports;
	is->dialled = (double)subject.dialled;
	is->known = (double)subject.known;
	is->peers = subject_peers(&subject, now);
	is->run = (unsigned)abs(subject.run);
	is->first_seen = subject.first_s;
	is->passed_on_at = subject_passed_on_s(&subject);
}

static void read_pair(const struct history *history, const struct facts *facts,
		      const struct keys *keys, struct acquaintance *with)
{
	uint64_t caller = number_key_exact(&facts->caller);
	uint64_t callee = number_key_exact(&facts->callee);
	const struct pair *pair;

	*with = (struct acquaintance){0};
	if (!keys->pair)
		return;
	pair = pair_find(&history->pairs, keys->pair);
	if (pair) {
		with->tried_at = pair->last_s;
		with->talked_at = pair->talked_s;
		with->talked_s = pair->longest;
	}
	pair = pair_find(&history->pairs, key_of(KIND_DIALLED, callee, caller));
	if (pair)
		with->called_at = pair->last_s;
}

static void take_off(double *from, double own)
{
	*from = *from > own ? *from - own : 0;
}

/* What a number did is held against it once, and not again as a part of what
 * its neighbours did. All fades alike, so this is exact. */
static void leave_out(struct behaviour *block, const struct behaviour *own)
{
	take_off(&block->calls_hour, own->calls_hour);
	take_off(&block->calls, own->calls);
	take_off(&block->ended, own->ended);
	take_off(&block->answered, own->answered);
	take_off(&block->brief, own->brief);
	take_off(&block->pings, own->pings);
	take_off(&block->talks, own->talks);
	take_off(&block->reports, own->reports);
}

void history_look(const struct history *history, const struct facts *facts,
		  int64_t now, struct past *past)
{
	struct behaviour claimed, known, all;
	struct hands hands;
	struct keys keys;

	keys_for(&keys, facts);
	hands = hands_of(history, &keys);
	read_subject(history, keys.caller, &hands, (uint32_t)now,
		     &past->caller);
	read_subject(history, keys.vouched, NULL, (uint32_t)now,
		     &past->vouched);
	read_subject(history, keys.origin, NULL, (uint32_t)now, &past->origin);
	past->by_signer = keys.signer && past->origin.calls < ORIGIN_CALLS;
	if (past->by_signer)
		read_subject(history, keys.signer, NULL, (uint32_t)now,
			     &past->origin);
	read_subject(history, keys.block, NULL, (uint32_t)now, &past->block);
	read_subject(history, keys.claimed, NULL, (uint32_t)now, &claimed);
	read_subject(history, keys.known, NULL, (uint32_t)now, &known);
	leave_out(&past->block, &claimed);
	leave_out(&past->block, &known);
	leave_out(&past->block, &past->vouched);
	read_subject(history, key_of(KIND_ALL, 0, 0), NULL, (uint32_t)now,
		     &all);
	past->usual_reports =
		(all.reports + USUAL_REPORTS) / (all.ended + USUAL_CALLS);
	past->usual_known = all.known / (all.calls + USUAL_CALLS);
	read_subject(history, key_of(KIND_NEXT_DOOR, 0, 0), NULL, (uint32_t)now,
		     &past->next_door);
	read_pair(history, facts, &keys, &past->with);
}

int64_t history_emergency_at(const struct history *history,
			     const struct number *callee)
{
	uint64_t key = number_key_exact(callee);
	const struct pair *pair;

	pair = key ? pair_find(&history->pairs, key_of(KIND_EMERGENCY, key, 0))
		   : NULL;
	return pair ? pair->last_s : 0;
}

/* A dialler goes through a range, or through those of a list that are in it:
 * by small steps this way or that, or by larger ones all the same way. */
static void count_run(struct subject *subject, const struct number *callee)
{
	uint32_t now = (uint32_t)number_key_exact(callee);
	int32_t step = (int32_t)(now - subject->last_peer);
	int length = abs(subject->run);
	bool onward = !length || (step < 0) == (subject->run < 0);

	if (!now || !step)
		return;
	if (subject->last_peer &&
	    (abs(step) <= NEXT_GAP || (abs(step) <= ONWARD_GAP && onward)))
		length = length < RUN_MAX ? length + 1 : RUN_MAX;
	else
		length /= 2;
	subject->run = (int16_t)(step < 0 ? -length : length);
	subject->last_peer = now;
}

static bool is_sought(const struct history *history, uint64_t key)
{
	const struct subject *subject =
		key ? subject_find(&history->subjects, key) : NULL;

	return subject && subject->dialled >= SOUGHT;
}

/* A subscriber has wanted to hear this number, or this callee has. */
static bool is_known(const struct history *history, const struct keys *keys,
		     const struct facts *facts)
{
	uint64_t caller = number_key_exact(&facts->caller);
	uint64_t callee = number_key_exact(&facts->callee);
	const struct pair *pair;

	if (is_sought(history, keys->vouched) ||
	    is_sought(history, keys->known) ||
	    is_sought(history, keys->claimed))
		return true;
	if (!keys->pair)
		return false;
	pair = pair_find(&history->pairs, keys->pair);
	return (pair && pair->longest >= TALK_S) ||
	       pair_find(&history->pairs, key_of(KIND_DIALLED, callee, caller));
}

static struct subject *count_call(struct history *history, uint64_t key,
				  const struct hands *hands, uint64_t peer,
				  bool known, uint32_t now)
{
	struct subject *subject;

	if (!key)
		return NULL;
	subject = subject_for(&history->subjects, key, now);
	subject_fade(subject, now);
	if (hands)
		subject_hold(subject, hands, now);
	subject_count(subject);
	if (known)
		subject->known += 1;
	subject_add_peer(subject, mix(peer), now);
	return subject;
}

static bool was_tried(const struct history *history, uint64_t key, uint32_t now)
{
	const struct pair *pair = key ? pair_find(&history->pairs, key) : NULL;

	return pair && pair->last_s && time_since(pair->last_s, now) < AGAIN_S;
}

/* Of a pair whose calls so far were refused, if there were any. */
static void open_report(struct pair *pair, bool first, bool delivered)
{
	if (!delivered && first)
		pair->report = REPORT_GROUNDLESS;
	else if (delivered && pair->report == REPORT_GROUNDLESS)
		pair->report = REPORT_OPEN;
}

/* As one who lives next door to the callee and never called before, or who only
 * did so in vain: what comes of that second call is what would have come of the
 * first. */
static uint64_t count_next_door(struct history *history,
				const struct facts *facts,
				const struct keys *keys, uint32_t now)
{
	uint64_t key = key_of(KIND_NEXT_DOOR, 0, 0);
	const struct pair *pair;

	if (!keys->pair || !facts_next_door(facts))
		return 0;
	if (!subject_find(&history->subjects, keys->caller) &&
	    !subject_find(&history->subjects, keys->vouched)) {
		count_call(history, key, NULL, keys->caller, false, now);
		return key;
	}
	pair = pair_find(&history->pairs, keys->pair);
	return pair && pair->report == REPORT_GROUNDLESS ? key : 0;
}

void history_call(struct history *history, const struct facts *facts,
		  bool delivered, int64_t now, struct history_mark *mark)
{
	uint64_t caller = number_key_exact(&facts->caller);
	uint64_t callee = number_key_exact(&facts->callee);
	struct subject *subject;
	struct hands hands;
	struct keys keys;
	struct pair *pair;
	bool known, first;

	keys_for(&keys, facts);
	hands = hands_of(history, &keys);
	known = is_known(history, &keys, facts);
	*mark = (struct history_mark){
		.caller = keys.caller,
		.origin = keys.origin,
		.signer = keys.signer,
		.block = keys.block,
		.pair = keys.pair,
		.next_door = count_next_door(history, facts, &keys,
					     (uint32_t)now),
		.again = was_tried(history, keys.pair, (uint32_t)now),
	};
	subject = count_call(history, keys.caller, &hands, callee, known,
			     (uint32_t)now);
	if (subject)
		count_run(subject, &facts->callee);
	count_call(history, keys.origin, NULL, caller, known, (uint32_t)now);
	count_call(history, keys.signer, NULL, caller, known, (uint32_t)now);
	count_call(history, keys.block, NULL, caller, known, (uint32_t)now);
	count_call(history, key_of(KIND_ALL, 0, 0), NULL, caller, known,
		   (uint32_t)now);
	if (!keys.pair)
		return;
	first = !pair_find(&history->pairs, keys.pair);
	pair = pair_for(&history->pairs, keys.pair, (uint32_t)now);
	open_report(pair, first, delivered);
	pair->last_s = (uint32_t)now;
	pair->as_whom = (uint8_t)as_whom(facts);
	pair->origin = keys.origin;
	pair->signer = keys.signer;
}

static void count_end(struct history *history, uint64_t key,
		      const struct call_outcome *outcome, uint32_t now)
{
	struct subject *subject;

	if (!key)
		return;
	subject = subject_for(&history->subjects, key, now);
	subject_fade(subject, now);
	subject->ended += 1;
	if (outcome->answered)
		subject->answered += 1;
	if (outcome->answered && outcome->talk_s <= BRIEF_TALK_S)
		subject->brief += 1;
	if (outcome->answered && outcome->talk_s >= LONG_TALK_S)
		subject->talks += 1;
	if (!outcome->answered && !outcome->refused &&
	    outcome->ring_s <= PING_RING_S)
		subject->pings += 1;
}

void history_ended(struct history *history, const struct history_mark *mark,
		   const struct call_outcome *outcome, int64_t now)
{
	unsigned talk =
		outcome->talk_s < UINT16_MAX ? outcome->talk_s : UINT16_MAX;
	struct pair *pair;

	/* Who tries one person again and again wants that person: that fails
	 * for the same reason each time, and says nothing of other calls. */
	if (!mark->again || outcome->talk_s >= LONG_TALK_S) {
		count_end(history, mark->caller, outcome, (uint32_t)now);
		count_end(history, mark->origin, outcome, (uint32_t)now);
		count_end(history, mark->signer, outcome, (uint32_t)now);
		count_end(history, mark->block, outcome, (uint32_t)now);
		count_end(history, mark->next_door, outcome, (uint32_t)now);
		count_end(history, key_of(KIND_ALL, 0, 0), outcome,
			  (uint32_t)now);
	}
	if (!mark->pair || !outcome->answered)
		return;
	pair = pair_for(&history->pairs, mark->pair, (uint32_t)now);
	pair->talked_s = (uint32_t)now;
	if (talk > pair->longest)
		pair->longest = (uint16_t)talk;
}

/* Who rang before is called back out of curiosity, not because the subscriber
 * wanted anything there. Numbers that never called need no good name yet. */
static void count_dialled(struct history *history, uint64_t subscriber,
			  uint64_t number, uint32_t now)
{
	static const enum kind kinds[] = {KIND_CLAIMED, KIND_KNOWN,
					  KIND_VOUCHED};
	const struct pair *dialled;

	dialled = pair_find(&history->pairs,
			    key_of(KIND_DIALLED, subscriber, number));
	if ((dialled && time_since(dialled->last_s, now) < DIALLED_AGAIN_S) ||
	    pair_find(&history->pairs, key_of(KIND_CALLED, number, subscriber)))
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint64_t key = key_of(kinds[i], number, 0);
		struct subject *subject;

		if (!subject_find(&history->subjects, key))
			continue;
		subject = subject_for(&history->subjects, key, now);
		subject_fade(subject, now);
		subject->dialled += 1;
	}
}

void history_dialled(struct history *history, const struct number *subscriber,
		     const struct number *number, bool emergency, int64_t now)
{
	uint64_t from = number_key_exact(subscriber);
	uint64_t to = number_key_exact(number);
	struct pair *dialled;

	if (from && emergency)
		pair_for(&history->pairs, key_of(KIND_EMERGENCY, from, 0),
			 (uint32_t)now)
			->last_s = (uint32_t)now;
	if (!from || !to)
		return;
	count_dialled(history, from, to, (uint32_t)now);
	dialled = pair_for(&history->pairs, key_of(KIND_DIALLED, from, to),
			   (uint32_t)now);
	dialled->last_s = (uint32_t)now;
	dialled->talked_s = (uint32_t)now;
}

static void count_report(struct history *history, uint64_t key,
			 const struct hands *hands, uint32_t now)
{
	struct subject *subject;

	if (!key)
		return;
	subject = subject_for(&history->subjects, key, now);
	if (hands && !subject_in_hands(subject, hands))
		return;
	subject_fade(subject, now);
	subject->reports += 1;
}

bool history_reported(struct history *history, const struct number *number,
		      const struct number *subscriber, int64_t now)
{
	uint64_t caller = number_key_exact(number);
	uint64_t callee = number_key_exact(subscriber);
	struct hands hands;
	struct pair *pair;
	enum kind whom;
	uint64_t key;

	if (!caller || !callee)
		return false;
	key = key_of(KIND_CALLED, caller, callee);
	if (!pair_find(&history->pairs, key))
		return false;
	pair = pair_for(&history->pairs, key, (uint32_t)now);
	if (pair->report != REPORT_OPEN ||
	    time_since(pair->last_s, (uint32_t)now) > REPORTABLE_S)
		return false;
	pair->report = REPORT_MADE;
	whom = (enum kind)pair->as_whom;
	hands = (struct hands){pair->signer, pair->origin, false};
	count_report(history, key_of(whom, caller, 0),
		     whom == KIND_CLAIMED ? NULL : &hands, (uint32_t)now);
	count_report(history, pair->origin, NULL, (uint32_t)now);
	count_report(history, pair->signer, NULL, (uint32_t)now);
	count_report(history, block_key(number), NULL, (uint32_t)now);
	count_report(history, key_of(KIND_ALL, 0, 0), NULL, (uint32_t)now);
	return true;
}
