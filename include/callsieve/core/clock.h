/* The time. All code of ours reads it here, so that tests can set it. (The
 * SIP stack's own transaction timers keep the stack's clock.) Thread-safe. */
#ifndef CALLSIEVE_CORE_CLOCK_H
#define CALLSIEVE_CORE_CLOCK_H

#include <stdint.h>

/* Never goes back; its zero means nothing. */
uint64_t now_mono_us(void);
uint64_t now_mono_ms(void);

/* Milliseconds and seconds since 1970-01-01 UTC. */
int64_t now_wall_ms(void);
int64_t now_wall_s(void);

/* For tests: from here on the clocks show what now_fake_advance_ms() made
 * of `wall_ms`; now_real() gives them back. */
void now_fake(int64_t wall_ms);
void now_fake_advance_ms(int64_t ms);
void now_real(void);

#endif
