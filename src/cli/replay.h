/* callsieve replay: the engine without telephones. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include <stdint.h>

#include "callsieve/model/facts.h"

struct call_book;

/* What a call was, for the events that name it later. */
struct booked {
	struct facts facts; /* texts owned by the book */
	bool delivered;
};

int call_book_new(struct call_book **bookp);
void call_book_free(struct call_book *book);

/* Copies id and facts. -ENOMEM. A second call of the same id takes the
 * place of the first. */
int call_book_add(struct call_book *book, const char *id,
		  const struct facts *facts, bool delivered);

/* NULL: there is none. */
const struct booked *call_book_find(const struct call_book *book,
				    const char *id);

#endif
