/* What becomes of a verdict on the wire. */
#ifndef CALLSIEVE_APP_TREAT_H
#define CALLSIEVE_APP_TREAT_H

struct call;
struct call_record;
struct config;

/* Marks a doubtful call for the callee as the configuration says. The record
 * has the verdict. Without memory the call goes unmarked. */
void treat_label(struct call *call, const struct config *config,
		 const struct call_record *record);

#endif
