#include "sip/internal.h"

#include <stdlib.h>

#include "callsieve/core/clock.h"
#include "suites.h"

/* What of an INVITE tells one transaction from another (RFC 3261 17.2.3). */
struct copy {
	sip_via_t via[1];
	sip_call_id_t call_id[1];
	sip_cseq_t cseq[1];
	sip_t sip[1];
};

static const sip_t *invite(struct copy *copy, const char *branch,
			   const char *host, const char *call_id, uint32_t cseq)
{
	*copy = (struct copy){0};
	copy->via->v_branch = branch;
	copy->via->v_host = host;
	copy->call_id->i_id = call_id;
	copy->cseq->cs_seq = cseq;
	copy->sip->sip_via = copy->via;
	copy->sip->sip_call_id = copy->call_id;
	copy->sip->sip_cseq = copy->cseq;
	return copy->sip;
}

static const struct sip_answer unwanted = {
	.status = 607,
	.phrase = "Unwanted",
	.retry_after_s = 9,
	.contacts = "<sip:a@b>",
};

static bool seen(struct recent *recent, const sip_t *sip)
{
	struct sip_answer answer;

	if (!recent_seen(recent, sip, &answer))
		return false;
	ck_assert_int_eq(answer.status, 607);
	ck_assert_str_eq(answer.phrase, "Unwanted");
	ck_assert_uint_eq(answer.retry_after_s, 9);
	ck_assert_str_eq(answer.contacts, unwanted.contacts);
	ck_assert_ptr_ne(answer.contacts, unwanted.contacts);
	return true;
}

START_TEST(retransmission_is_known_and_nothing_else)
{
	struct recent *recent = recent_new();
	struct copy a, b;

	recent_add(recent, invite(&a, "z9hG4bKx", "192.0.2.1", "c", 1),
		   &unwanted);
	ck_assert(seen(recent, invite(&b, "z9hG4bKx", "192.0.2.1", "c", 1)));
	ck_assert(!seen(recent, invite(&b, "z9hG4bKy", "192.0.2.1", "c", 1)));
	ck_assert(!seen(recent, invite(&b, "z9hG4bKx", "192.0.2.2", "c", 1)));
	ck_assert(!seen(recent, invite(&b, "z9hG4bKx", "192.0.2.1", "d", 1)));
	ck_assert(!seen(recent, invite(&b, "z9hG4bKx", "192.0.2.1", "c", 2)));
	ck_assert(!seen(recent, invite(&b, NULL, "192.0.2.1", "c", 1)));
	recent_free(recent);
}
END_TEST

START_TEST(forgotten_when_no_invite_can_be_repeated_any_more)
{
	struct recent *recent = recent_new();
	struct copy a;

	now_fake(1000000);
	recent_add(recent, invite(&a, "z9hG4bKx", "192.0.2.1", "c", 1),
		   &unwanted);
	now_fake_advance_ms(32000);
	ck_assert(seen(recent, a.sip));
	now_fake_advance_ms(1);
	ck_assert(!seen(recent, a.sip));
	now_real();
	recent_free(recent);
}
END_TEST

START_TEST(flood_makes_it_forget_the_oldest_alone)
{
	struct recent *recent = recent_new();
	struct copy copy;
	unsigned known = 0;

	now_fake(1000000);
	for (uint32_t i = 0; i < 100000; i++) {
		recent_add(recent, invite(&copy, "b", "h", "c", i), &unwanted);
		if (i % 1000 == 0)
			now_fake_advance_ms(1);
	}
	for (uint32_t i = 99000; i < 100000; i++)
		known += seen(recent, invite(&copy, "b", "h", "c", i));
	ck_assert_uint_ge(known, 900);
	now_real();
	recent_free(recent);
}
END_TEST

Suite *recent_suite(void)
{
	Suite *suite = suite_create("recent");
	TCase *tests = tcase_create("recent");

	tcase_add_test(tests, retransmission_is_known_and_nothing_else);
	tcase_add_test(tests,
		       forgotten_when_no_invite_can_be_repeated_any_more);
	tcase_add_test(tests, flood_makes_it_forget_the_oldest_alone);
	suite_add_tcase(suite, tests);
	return suite;
}
