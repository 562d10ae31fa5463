/* A small reputation service, for the demonstration, the benchmark and by
 * hand:
 *
 *   repserver --port 8081 --default 5 --score +12025550123=95
 *   curl http://127.0.0.1:8081/v1/number/+12025550123
 *
 * SIGUSR1 makes it accept and never answer, SIGUSR2 answer again. */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"

#define NUMBERS_MAX 1000
#define PATH	    "/v1/number/"
#define UNKNOWN	    -1

static struct {
	char number[32];
	int score;
} numbers[NUMBERS_MAX];
static size_t numbers_count;
static int default_score = 5;
static unsigned delay_ms;
static bool quiet;
static atomic_bool silent;

/* The number in the path, unescaped. */
static void number_of(char number[32], const char *target)
{
	const char *at = target + strlen(PATH);
	size_t len = 0;

	while (*at && *at != '?' && len < 31) {
		unsigned c;

		if (*at == '%' && sscanf(at + 1, "%2x", &c) == 1) {
			number[len++] = (char)c;
			at += 3;
		} else {
			number[len++] = *at++;
		}
	}
	number[len] = '\0';
}

static int score_of(const char *number)
{
	for (size_t i = 0; i < numbers_count; i++)
		if (!strcmp(numbers[i].number, number))
			return numbers[i].score;
	return default_score;
}

static void log_line(const char *target, const struct fake_http_reply *reply)
{
	if (quiet)
		return;
	if (reply->way == HTTP_HANG)
		printf("%s -> silence\n", target);
	else
		printf("%s -> %d %s\n", target, reply->status, reply->body);
}

static void answer(const char *target, const char *head,
		   struct fake_http_reply *reply, void *arg)
{
	char number[32];
	int score;

	(void)head;
	(void)arg;
	reply->delay_ms = delay_ms;
	reply->status = 404;
	snprintf(reply->body, sizeof(reply->body), "{}");
	if (!strncmp(target, PATH, strlen(PATH))) {
		number_of(number, target);
		score = score_of(number);
		if (score != UNKNOWN) {
			reply->status = 200;
			snprintf(reply->body, sizeof(reply->body),
				 "{\"number\":\"%s\",\"score\":%d,"
				 "\"category\":\"%s\"}",
				 number, score, score >= 50 ? "scam" : "none");
		}
	}
	if (atomic_load(&silent))
		reply->way = HTTP_HANG;
	log_line(target, reply);
}

static void usage(void)
{
	fprintf(stderr, "usage: repserver --port N [--default SCORE] "
			"[--score NUMBER=SCORE]... [--unknown NUMBER]... "
			"[--delay MS] [--quiet]\n");
	exit(2);
}

/* "NUMBER=SCORE", or just the number: then `score`. */
static void add(const char *text, int score)
{
	size_t len = strcspn(text, "=");

	if (numbers_count == NUMBERS_MAX || len >= sizeof(numbers[0].number))
		usage();
	memcpy(numbers[numbers_count].number, text, len);
	numbers[numbers_count].score = text[len] ? atoi(text + len + 1) : score;
	numbers_count++;
}

static int read_options(int argc, char **argv)
{
	static const struct option options[] = {
		{"port", required_argument, NULL, 'p'},
		{"default", required_argument, NULL, 'd'},
		{"score", required_argument, NULL, 's'},
		{"unknown", required_argument, NULL, 'u'},
		{"delay", required_argument, NULL, 'w'},
		{"quiet", no_argument, NULL, 'q'},
		{0},
	};
	int port = -1, c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			port = atoi(optarg);
		else if (c == 'd')
			default_score = atoi(optarg);
		else if (c == 's')
			add(optarg, default_score);
		else if (c == 'u')
			add(optarg, UNKNOWN);
		else if (c == 'w')
			delay_ms = (unsigned)atoi(optarg);
		else if (c == 'q')
			quiet = true;
		else
			usage();
	}
	if (optind < argc || port < 0 || port > 65535)
		usage();
	return port;
}

int main(int argc, char **argv)
{
	int port = read_options(argc, argv), sig, err;
	struct fake_http *server;
	sigset_t signals;

	/* Before the server's thread is made, so that it blocks them too. */
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGUSR2);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);

	err = fake_http_start(&server, (uint16_t)port, answer, NULL);
	if (err) {
		fprintf(stderr, "repserver: port %d: %s\n", port,
			strerror(-err));
		return 1;
	}
	printf("listening on 127.0.0.1:%u\n", fake_http_port(server));
	while (!sigwait(&signals, &sig) && (sig == SIGUSR1 || sig == SIGUSR2)) {
		atomic_store(&silent, sig == SIGUSR1);
		printf("%s\n", sig == SIGUSR1 ? "silent" : "answering");
	}
	fake_http_stop(server);
	return 0;
}
