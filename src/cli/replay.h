/* callsieve replay: the engine without telephones. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include <stdint.h>

#include "callsieve/history.h"

struct call_book;

/* What a call was, for the events that name it later. */
struct booked {
	struct number caller, callee;
	struct history_mark mark;
	bool delivered;
};

int call_book_new(struct call_book **bookp);
void call_book_free(struct call_book *book);

/* Copies both. -ENOMEM. A second call of the same id takes the
 * place of the first. */
int call_book_add(struct call_book *book, const char *id,
		  const struct booked *booked);

/* NULL: there is none. */
const struct booked *call_book_find(const struct call_book *book,
				    const char *id);

#endif
