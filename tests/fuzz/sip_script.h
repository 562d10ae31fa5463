/* Whole datagrams at the real stack and bridge, from a caller and from a
 * gateway, over loopback, as a script says; for the fuzz target and for the
 * unit tests. A line that begins with % starts a step:
 *
 *   %A  from the caller, %B from the gateway, what follows as one datagram;
 *       its lines end in CR LF; with %a and %b they stay as they are
 *   %S  from the caller, %G from the gateway, by a stream; likewise %s, %g
 *   %X  the streams break
 *   %W  time passes: W0 100 ms, each digit more twice as long
 *   %V  the verdict waited for is to bridge, %R to reject
 *   %C  the next configuration; after the last one the first
 *   %Q  the stack is taken down with the calls it has, and started again
 *
 * In a datagram ^X stands for a header of the last request that side got: ^v
 * all its Vias, ^f From, ^t To, ^i Call-ID, ^c CSeq, ^y the tag of From; ^T for
 * To of the last response, ^x for the tag of that, ^z for its RSeq; ^a and ^b
 * are the addresses of the two sides. An INVITE for a user
 * "wait" waits for its verdict, one for "no" is rejected. */
#ifndef FUZZ_SIP_SCRIPT_H
#define FUZZ_SIP_SCRIPT_H

#include <stddef.h>

/* When the script is over all calls must end within the time SIP allows. If
 * not, or if anything else is not as it should be, says so and aborts.
 * SCRIPT_LOG=1 in the environment shows what happens. */
void sip_script_run(const char *text, size_t len);

/* Messages so far. */
unsigned long sip_script_sent(void);

/* After the last one. */
void sip_script_end(void);

#endif
