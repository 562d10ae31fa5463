#include "server.h"

#include <arpa/inet.h>
#include <check.h>
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 10 /* far longer than any answer takes */

struct server server;

static char *emergency[] = {"911", "112"};

static void set_config(void)
{
	struct config *config = &server.config;

	server.trunk.country = "1";
	server.trunk.reject_at = 50;
	config->trunks = &server.trunk;
	config->trunks_count = 1;
	config->screening.emergency = emergency;
	config->screening.emergency_count = 2;
	config->screening.report_points = 30;
	config->screening.report_min = 2;
	config->screening.report_max_points = 500;
	config->api.address = "127.0.0.1";
	config->api.max_body = 2000;
	config->api.requests_per_minute = 60;
	config->api.max_connections = 20;
	config->database = server.path;
}

void server_setup(void)
{
	memset(&server, 0, sizeof(server));
	strcpy(server.folder, "/tmp/api-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(server.folder));
	snprintf(server.path, sizeof(server.path), "%s/test.db", server.folder);
	set_config();
	ck_assert_int_eq(
		store_open(&server.store, server.path, STORE_CREATE, 5000), 0);
	ck_assert_int_eq(token_new(server.store, "ann", server.token), 0);
	ck_assert_int_eq(api_start(&server.api, &server.config), 0);
}

static void remove_folder(void)
{
	struct dirent *entry;
	char path[512];
	DIR *folder = opendir(server.folder);

	while ((entry = readdir(folder))) {
		snprintf(path, sizeof(path), "%s/%s", server.folder,
			 entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(folder);
	rmdir(server.folder);
}

void server_teardown(void)
{
	api_stop(server.api);
	if (server.store)
		store_close(server.store);
	remove_folder();
}

void server_restart(void)
{
	api_stop(server.api);
	ck_assert_int_eq(api_start(&server.api, &server.config), 0);
}

void server_sql(const char *sql)
{
	ck_assert_msg(!store_exec(server.store, sql), "%s: %s", sql,
		      store_errmsg(server.store));
}

int64_t server_count(const char *sql)
{
	struct store_stmt *stmt;
	int64_t count;

	ck_assert_int_eq(store_prepare(&stmt, server.store, sql), 0);
	ck_assert_int_eq(stmt_step(stmt), 1);
	count = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return count;
}

int server_connect(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct timeval patience = {.tv_sec = PATIENCE_S};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	to.sin_port = htons(api_port(server.api));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

void server_send(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = send(fd, data, len, MSG_NOSIGNAL);
		if (n <= 0)
			return; /* refused early: the answer says why */
		data += n;
		len -= (size_t)n;
	}
}

void server_read(int fd, struct answer *answer)
{
	size_t len = 0;
	ssize_t n;

	memset(answer, 0, sizeof(*answer));
	while ((n = recv(fd, answer->text + len, sizeof(answer->text) - 1 - len,
			 0)) > 0)
		len += (size_t)n;
	close(fd);
	sscanf(answer->text, "HTTP/1.1 %d", &answer->status);
	answer->body = strstr(answer->text, "\r\n\r\n");
	answer->body = answer->body ? answer->body + 4 : "";
}

void exchange(struct answer *answer, const char *request)
{
	int fd = server_connect();

	server_send(fd, request, strlen(request));
	server_read(fd, answer);
}

void get(struct answer *answer, const char *path)
{
	char request[512];

	snprintf(request, sizeof(request),
		 "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
		 "Authorization: Bearer %s\r\n\r\n",
		 path, server.token);
	exchange(answer, request);
}

void post(struct answer *answer, const char *path, const char *json)
{
	char request[8192];

	snprintf(request, sizeof(request),
		 "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
		 "Authorization: Bearer %s\r\nContent-Type: application/json"
		 "\r\nContent-Length: %zu\r\n\r\n%s",
		 path, server.token, strlen(json), json);
	exchange(answer, request);
}

const char *header(const struct answer *answer, const char *name)
{
	static char value[256];
	const char *line = answer->text;
	size_t len = strlen(name);

	while ((line = strstr(line, "\r\n")) && line + 4 < answer->body) {
		line += 2;
		if (strncasecmp(line, name, len) || line[len] != ':')
			continue;
		sscanf(line + len + 1, " %255[^\r]", value);
		return value;
	}
	return NULL;
}

void check_problem(const struct answer *answer, int status, const char *words)
{
	const char *type = header(answer, "Content-Type");
	const char *detail;
	json_t *problem;

	ck_assert_msg(answer->status == status, "expected %d: %s", status,
		      answer->text);
	ck_assert_ptr_nonnull(type);
	ck_assert_str_eq(type, "application/problem+json");
	problem = json_loads(answer->body, 0, NULL);
	ck_assert_msg(problem, "%s", answer->text);
	ck_assert_int_eq(json_integer_value(json_object_get(problem, "status")),
			 status);
	ck_assert_str_eq(json_string_value(json_object_get(problem, "type")),
			 "about:blank");
	ck_assert_ptr_nonnull(json_object_get(problem, "title"));
	detail = json_string_value(json_object_get(problem, "detail"));
	ck_assert_ptr_nonnull(detail);
	ck_assert_msg(strstr(detail, words), "no \"%s\" in: %s", words, detail);
	json_decref(problem);
}
