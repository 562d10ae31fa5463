#include "breaker.h"

bool breaker_allows(const struct breaker *breaker, uint64_t now)
{
	if (!breaker->open)
		return true;
	return !breaker->probing && now >= breaker->retry_ms;
}

void breaker_begin(struct breaker *breaker)
{
	breaker->probing = breaker->open;
}

bool breaker_success(struct breaker *breaker)
{
	bool was_open = breaker->open;

	*breaker = (struct breaker){0};
	return was_open;
}

bool breaker_failure(struct breaker *breaker, uint64_t now, unsigned limit,
		     uint64_t open_ms)
{
	bool was_open = breaker->open;

	/* Requests begun before it opened may still fail: no news. */
	if (was_open && !breaker->probing)
		return false;
	breaker->failures++;
	if (!limit || breaker->failures < limit)
		return false;
	breaker->open = true;
	breaker->probing = false;
	breaker->retry_ms = now + open_ms;
	return !was_open;
}
