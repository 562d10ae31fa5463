/* The API on a free port of 127.0.0.1 over a database in a temporary folder,
 * and a client that speaks HTTP to it byte by byte. */
#ifndef API_TEST_SERVER_H
#define API_TEST_SERVER_H

#include <stddef.h>

#include "callsieve/api.h"
#include "callsieve/core/config.h"
#include "callsieve/reports.h"
#include "callsieve/store.h"

struct server {
	char folder[32], path[48];
	struct config config;
	struct config_trunk trunk;
	struct api *api;
	struct store *store; /* another program's, so to speak */
	char token[TOKEN_SIZE];
};

extern struct server server;

/* Country 1, reject at 50, 30 points a report from two on; bodies to 2000
 * bytes, 60 requests a minute, 20 connections; subscriber "ann". */
void server_setup(void);
void server_teardown(void);

/* Ends the API and starts it with server.config as it now is. */
void server_restart(void);

void server_sql(const char *sql);

/* The one integer that such a query yields. */
int64_t server_count(const char *sql);

struct answer {
	int status;
	char text[16384]; /* all of it, headers included */
	const char *body; /* in text */
};

/* A connection; -1 never: the test fails instead. */
int server_connect(void);
void server_send(int fd, const char *data, size_t len);

/* Reads one answer until the server closes; status 0: it just closed. */
void server_read(int fd, struct answer *answer);

/* A whole exchange. `request` is sent as it is and must ask to close. */
void exchange(struct answer *answer, const char *request);

/* With ann's token. */
void get(struct answer *answer, const char *path);
void post(struct answer *answer, const char *path, const char *json);

/* The value of that header, NULL if absent; lent until the next call. */
const char *header(const struct answer *answer, const char *name);

/* That it is a problem document of that status with these words in it. */
void check_problem(const struct answer *answer, int status, const char *words);

#endif
