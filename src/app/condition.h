/* How we are, in words for `callsieve status`: what an operator wants to know
 * first when something is wrong, from what is so now and not from what was
 * written into a database that may be the very thing that is wrong. */
#ifndef CALLSIEVE_APP_CONDITION_H
#define CALLSIEVE_APP_CONDITION_H

struct buf;
struct running;

/* Lines, each beginning with what it is about: see callsieve/core/control.h. */
int condition_tell(struct buf *buf, const struct running *running);

#endif
