/* What was lately answered without state. A stateless server sees a lost
 * answer's INVITE again; this lets it repeat the answer (RFC 3261 8.2.7)
 * without deciding, counting and recording the call twice. A fixed table: a
 * flood only makes it forget. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/digest.h"

#define SLOTS	32768 /* a power of two */
#define WAYS	4
#define LIFE_MS 32000 /* 64*T1: no INVITE is retransmitted longer */

struct slot {
	uint64_t key;
	uint64_t until_ms;
	struct sip_answer answer;
	char *phrase, *contacts, *headers; /* of the answer, or NULL */
};

struct recent {
	uint64_t seed;
	bool used; /* or its memory was never touched */
	struct slot slots[SLOTS];
};

struct recent *recent_new(void)
{
	struct recent *recent = calloc(1, sizeof(*recent));

	if (recent)
		random_bytes(&recent->seed, sizeof(recent->seed));
	return recent;
}

static void forget(struct slot *slot)
{
	free(slot->phrase);
	free(slot->contacts);
	free(slot->headers);
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

void recent_free(struct recent *recent)
{
	if (!recent)
		return;
	for (size_t i = 0; recent->used && i < SLOTS; i++)
		if (recent->slots[i].key)
			forget(&recent->slots[i]);
	free(recent);
}

/* FNV-1a, seeded: nobody outside can aim at a slot. */
static uint64_t mix(uint64_t hash, const char *text)
{
	for (; text && *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
	return (hash ^ 0xff) * 0x100000001b3;
}

/* RFC 3261 17.2.3: branch, sent-by, method; Call-ID and CSeq besides. */
static uint64_t key_of(const struct recent *recent, const sip_t *sip)
{
	uint64_t key = recent->seed;

	key = mix(key, sip->sip_via->v_branch);
	key = mix(key, sip->sip_via->v_host);
	key = mix(key, sip->sip_via->v_port);
	key = mix(key, sip->sip_call_id->i_id);
	key = (key ^ sip->sip_cseq->cs_seq) * 0x9e3779b97f4a7c15;
	key ^= key >> 32;
	return key ? key : 1;
}

static struct slot *bucket(struct recent *recent, uint64_t key)
{
	return &recent->slots[(key >> 20) & (SLOTS - WAYS)];
}

bool recent_seen(struct recent *recent, const sip_t *sip,
		 struct sip_answer *answerp)
{
	uint64_t key = key_of(recent, sip);
	struct slot *slot = bucket(recent, key);

	for (unsigned i = 0; i < WAYS; i++) {
		if (slot[i].key != key || slot[i].until_ms < now_mono_ms())
			continue;
		*answerp = slot[i].answer;
		return true;
	}
	return false;
}

void recent_add(struct recent *recent, const sip_t *sip,
		const struct sip_answer *answer)
{
	uint64_t key = key_of(recent, sip);
	struct slot *slot = bucket(recent, key), *oldest = slot;

	for (unsigned i = 1; i < WAYS; i++)
		if (slot[i].until_ms < oldest->until_ms)
			oldest = &slot[i];
	forget(oldest);
	recent->used = true;
	*oldest = (struct slot){.key = key,
				.until_ms = now_mono_ms() + LIFE_MS,
				.answer = *answer,
				.phrase = copy(answer->phrase),
				.contacts = copy(answer->contacts),
				.headers = copy(answer->headers)};
	oldest->answer.phrase = oldest->phrase;
	oldest->answer.contacts = oldest->contacts;
	oldest->answer.headers = oldest->headers;
}
