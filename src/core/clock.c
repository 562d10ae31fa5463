#include "callsieve/core/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

static atomic_bool faked;
static _Atomic int64_t fake_ms;

static uint64_t read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

uint64_t now_mono_us(void)
{
	if (atomic_load_explicit(&faked, memory_order_relaxed))
		return (uint64_t)atomic_load(&fake_ms) * 1000;
	return read_us(CLOCK_MONOTONIC);
}

uint64_t now_mono_ms(void)
{
	return now_mono_us() / 1000;
}

int64_t now_wall_ms(void)
{
	if (atomic_load_explicit(&faked, memory_order_relaxed))
		return atomic_load(&fake_ms);
	return (int64_t)(read_us(CLOCK_REALTIME) / 1000);
}

int64_t now_wall_s(void)
{
	return now_wall_ms() / 1000;
}

void now_fake(int64_t wall_ms)
{
	atomic_store(&fake_ms, wall_ms);
	atomic_store(&faked, true);
}

void now_fake_advance_ms(int64_t ms)
{
	atomic_fetch_add(&fake_ms, ms);
}

void now_real(void)
{
	atomic_store(&faked, false);
}
