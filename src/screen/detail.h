/* The detail line of a signal: words for people, made of text that came from
 * a database anybody may edit. Always valid UTF-8 on one line, because it
 * goes into JSON, logs and terminals as it is. */
#ifndef SCREEN_DETAIL_H
#define SCREEN_DETAIL_H

#include <stddef.h>

#include "callsieve/model/verdict.h"

struct list_match;

/* `matches "+1900*" (list night, source ftc, 3 days old: "robocall"), row 17`
 */
void detail_list_match(char detail[SIGNAL_DETAIL],
		       const struct list_match *match);

/* Copies `text` with control characters, quotes and broken UTF-8 replaced,
 * cut between characters to fit `size`; "..." marks a cut. Returns the length
 * written. */
size_t detail_clean(char *buf, size_t size, const char *text);

#endif
