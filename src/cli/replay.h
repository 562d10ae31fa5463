/* callsieve replay: the engine without telephones. */
#ifndef CLI_REPLAY_H
#define CLI_REPLAY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "callsieve/history.h"
#include "callsieve/screen.h"

struct call_book;
struct cli;

/* All that decides, with the configuration it decides by. */
struct engine {
	struct config *config;
	struct loop *loop;
	struct fetch *fetch;
	struct store *store; /* of its own, in memory */
	struct lists *lists;
	struct reports *reports;
	struct complaints *complaints;
	struct history *history;
	struct providers *providers;
	struct screen *screen;
	struct treatments *treatments;
};

/* By the configuration in that file, and knowing nothing. An exit status, after
 * a sentence on what is wrong. */
int engine_open(struct engine *engine, const char *config);

/* Takes the lists of cli->database as they are now, and its reports if wanted.
 * An exit status. */
int engine_take(struct engine *engine, const struct cli *cli, bool reports);
void engine_close(struct engine *engine);

/* The whole way of a call: verdict, providers, treatment. Every trunk enforces
 * here: nobody is harmed, and what would be done is the question. */
void engine_decide(struct engine *engine, const struct config_trunk *trunk,
		   const struct facts *facts, struct verdict *verdict);

/* Its end alone. */
void engine_treat(struct engine *engine, const struct config_trunk *trunk,
		  const struct facts *facts, struct verdict *verdict);

/* Tables of the engine's store were edited. */
int engine_refresh(struct engine *engine);

/* Copies the lists of the database at `path` into an empty store. */
int lists_copy(struct store *store, const char *path, bool reports);

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

/* One event of a recording. */
struct replay {
	struct engine engine;
	struct call_book *book;
	/* Told of each call. */
	void (*h)(struct replay *replay, const json_t *event,
		  const struct verdict *verdict);
	void *arg;	  /* its own */
	const char *path; /* of the recording; NULL: it is none */
	bool recorded; /* services are not asked: `signals` has their answers */
	unsigned long line, skipped, late;
	int64_t now_ms, refresh_ms; /* by the events */
};

/* Does what it says; one that cannot be used is named, counted and passed
 * over. */
void replay_event(struct replay *replay, const json_t *event);
void replay_skip(struct replay *replay, const char *why, const char *what);

/* Opens the engine by that configuration, with the lists of cli->database if
 * one is given. An exit status. */
int replay_open(struct replay *replay, const struct cli *cli,
		const char *config);
void replay_close(struct replay *replay);

/* callsieve replay --config NEW --since TIME: which of the recorded calls would
 * have gone otherwise. An exit status. */
int replay_since(const struct cli *cli, const char *config, const char *since,
		 bool json);

#endif
