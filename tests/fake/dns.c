#include "dns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORDS_MAX 64
#define MESSAGE_MAX 4096
#define NAME_MAX    256

enum { TYPES = 5 };

static const struct {
	const char *name;
	unsigned number;
} types[TYPES] = {
	{"A", 1}, {"CNAME", 5}, {"AAAA", 28}, {"SRV", 33}, {"NAPTR", 35}};

struct record {
	char name[NAME_MAX], data[NAME_MAX];
	unsigned type, ttl_s;
};

struct fake_dns {
	int fd, stop;
	uint16_t port;
	pthread_t thread;

	pthread_mutex_t lock; /* for what follows */
	enum fake_dns_way way;
	struct record records[RECORDS_MAX];
	size_t count;
	unsigned questions[TYPES];
};

struct message {
	unsigned char data[MESSAGE_MAX];
	size_t len;
};

static void put(struct message *m, const void *data, size_t len)
{
	if (m->len + len > sizeof(m->data))
		abort();
	memcpy(m->data + m->len, data, len);
	m->len += len;
}

static void put16(struct message *m, unsigned value)
{
	unsigned char bytes[] = {(unsigned char)(value >> 8),
				 (unsigned char)value};

	put(m, bytes, 2);
}

static void put_text(struct message *m, const char *text, size_t len)
{
	unsigned char count = (unsigned char)len;

	put(m, &count, 1);
	put(m, text, len);
}

static void put_name(struct message *m, const char *name)
{
	while (*name && strcmp(name, ".") != 0) {
		size_t len = strcspn(name, ".");

		put_text(m, name, len);
		name += len + (name[len] == '.');
	}
	put_text(m, "", 0);
}

static void put_naptr(struct message *m, const char *data)
{
	char flags[16], service[32], replacement[NAME_MAX];
	unsigned order, preference;

	if (sscanf(data, "%u %u %15s %31s %255s", &order, &preference, flags,
		   service, replacement) != 5)
		abort();
	put16(m, order);
	put16(m, preference);
	put_text(m, flags, strlen(flags));
	put_text(m, service, strlen(service));
	put_text(m, "", 0); /* regexp */
	put_name(m, replacement);
}

static void put_srv(struct message *m, const char *data)
{
	unsigned priority, weight, port;
	char target[NAME_MAX];

	if (sscanf(data, "%u %u %u %255s", &priority, &weight, &port, target) !=
	    4)
		abort();
	put16(m, priority);
	put16(m, weight);
	put16(m, port);
	put_name(m, target);
}

static void put_data(struct message *m, const struct record *record)
{
	unsigned char addr[16];

	switch (record->type) {
	case 1:
	case 28:
		if (inet_pton(record->type == 1 ? AF_INET : AF_INET6,
			      record->data, addr) != 1)
			abort();
		put(m, addr, record->type == 1 ? 4 : 16);
		break;
	case 5:
		put_name(m, record->data);
		break;
	case 33:
		put_srv(m, record->data);
		break;
	default:
		put_naptr(m, record->data);
	}
}

static void put_record(struct message *m, const struct record *record)
{
	size_t at;

	put_name(m, record->name);
	put16(m, record->type);
	put16(m, 1);
	put16(m, record->ttl_s >> 16);
	put16(m, record->ttl_s & 0xffff);
	at = m->len;
	put16(m, 0);
	put_data(m, record);
	m->data[at] = (unsigned char)((m->len - at - 2) >> 8);
	m->data[at + 1] = (unsigned char)(m->len - at - 2);
}

/* The records of that name and type, and those of its alias. */
static unsigned put_answers(const struct fake_dns *server, struct message *m,
			    const char *name, unsigned type, bool *knownp)
{
	unsigned count = 0;

	for (size_t i = 0; i < server->count; i++) {
		const struct record *record = &server->records[i];

		if (strcasecmp(record->name, name) != 0)
			continue;
		*knownp = true;
		if (record->type != type && record->type != 5)
			continue;
		put_record(m, record);
		count++;
		if (record->type == 5)
			count += put_answers(server, m, record->data, type,
					     knownp);
	}
	return count;
}

/* The question's name, as text; returns the length of the question. */
static size_t read_question(const unsigned char *data, size_t len, char *name,
			    unsigned *typep)
{
	size_t at = 12, out = 0;

	while (at < len && data[at] && at + data[at] < len) {
		memcpy(name + out, data + at + 1, data[at]);
		out += data[at];
		name[out++] = '.';
		at += 1u + data[at];
	}
	name[out ? out - 1 : 0] = '\0';
	*typep = (unsigned)data[at + 1] << 8 | data[at + 2];
	return at + 5 - 12;
}

static void answer(struct fake_dns *server, const unsigned char *data,
		   size_t len, const struct sockaddr *to, socklen_t to_len)
{
	struct message m = {.len = 12};
	char name[NAME_MAX];
	bool known = false;
	unsigned type, count = 0;
	size_t question = read_question(data, len, name, &type);

	for (size_t i = 0; i < TYPES; i++)
		server->questions[i] += types[i].number == type;
	if (server->way == DNS_SILENT)
		return;
	memcpy(m.data, data, 12);
	put(&m, data + 12, question);
	if (server->way != DNS_SERVFAIL)
		count = put_answers(server, &m, name, type, &known);
	m.data[2] = 0x84; /* an answer, authoritative */
	m.data[3] = server->way == DNS_SERVFAIL ? 2 : known ? 0 : 3;
	m.data[6] = 0;
	m.data[7] = (unsigned char)count;
	memset(m.data + 8, 0, 4);
	if (server->way == DNS_GARBAGE && count)
		m.len -= 3;
	sendto(server->fd, m.data, m.len, 0, to, to_len);
}

static void *serve(void *arg)
{
	struct fake_dns *server = arg;

	for (;;) {
		struct pollfd fds[] = {{server->fd, POLLIN, 0},
				       {server->stop, POLLIN, 0}};
		struct sockaddr_storage from;
		socklen_t from_len = sizeof(from);
		unsigned char data[MESSAGE_MAX];
		ssize_t len;

		poll(fds, 2, -1);
		if (fds[1].revents)
			return NULL;
		len = recvfrom(server->fd, data, sizeof(data), 0,
			       (struct sockaddr *)&from, &from_len);
		if (len < 17)
			continue;
		pthread_mutex_lock(&server->lock);
		answer(server, data, (size_t)len, (struct sockaddr *)&from,
		       from_len);
		pthread_mutex_unlock(&server->lock);
	}
}

int fake_dns_start(struct fake_dns **serverp, const char *address)
{
	struct fake_dns *server = calloc(1, sizeof(*server));
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof(in);

	if (!server)
		return -ENOMEM;
	inet_pton(AF_INET, address, &in.sin_addr);
	server->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	server->stop = eventfd(0, EFD_CLOEXEC);
	if (bind(server->fd, (struct sockaddr *)&in, sizeof(in)) < 0 ||
	    getsockname(server->fd, (struct sockaddr *)&in, &len) < 0) {
		close(server->fd);
		close(server->stop);
		free(server);
		return -errno;
	}
	server->port = ntohs(in.sin_port);
	pthread_mutex_init(&server->lock, NULL);
	pthread_create(&server->thread, NULL, serve, server);
	*serverp = server;
	return 0;
}

void fake_dns_stop(struct fake_dns *server)
{
	uint64_t one = 1;

	if (write(server->stop, &one, sizeof(one)) < 0)
		abort();
	pthread_join(server->thread, NULL);
	pthread_mutex_destroy(&server->lock);
	close(server->fd);
	close(server->stop);
	free(server);
}

uint16_t fake_dns_port(const struct fake_dns *server)
{
	return server->port;
}

void fake_dns_set(struct fake_dns *server, enum fake_dns_way way)
{
	pthread_mutex_lock(&server->lock);
	server->way = way;
	pthread_mutex_unlock(&server->lock);
}

static size_t type_index(const char *type)
{
	size_t i = 0;

	while (strcmp(types[i].name, type) != 0)
		if (++i == TYPES)
			abort();
	return i;
}

void fake_dns_add(struct fake_dns *server, const char *name, unsigned ttl_s,
		  const char *type, const char *data)
{
	struct record *record;

	pthread_mutex_lock(&server->lock);
	if (server->count == RECORDS_MAX)
		abort();
	record = &server->records[server->count++];
	snprintf(record->name, sizeof(record->name), "%s", name);
	snprintf(record->data, sizeof(record->data), "%s", data);
	record->type = types[type_index(type)].number;
	record->ttl_s = ttl_s;
	pthread_mutex_unlock(&server->lock);
}

void fake_dns_clear(struct fake_dns *server)
{
	pthread_mutex_lock(&server->lock);
	server->count = 0;
	pthread_mutex_unlock(&server->lock);
}

unsigned fake_dns_questions(struct fake_dns *server, const char *type)
{
	unsigned count = 0;

	pthread_mutex_lock(&server->lock);
	for (size_t i = 0; i < TYPES; i++)
		if (!type || i == type_index(type))
			count += server->questions[i];
	pthread_mutex_unlock(&server->lock);
	return count;
}
