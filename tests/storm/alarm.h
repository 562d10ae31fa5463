/* What is to happen later: a heap of alarms. An alarm cannot be taken back;
 * its handler looks whether it still matters. */
#ifndef STORM_ALARM_H
#define STORM_ALARM_H

typedef void alarm_h(void *arg);

void alarm_in(unsigned ms, alarm_h *h, void *arg);

/* Sounds those that are due. Milliseconds until the next, at most `most`. */
int alarm_run(int most);

/* Forgets them all. */
void alarm_clear(void);

#endif
