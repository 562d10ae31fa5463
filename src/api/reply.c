/* Building answers: see reply.h. */
#include "reply.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATABASE_RETRY_S 2
#define PROBLEM_DETAIL	 400

static const char *status_title(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
		{400, "Bad Request"},
		{401, "Unauthorized"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{413, "Content Too Large"},
		{415, "Unsupported Media Type"},
		{422, "Unprocessable Content"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{503, "Service Unavailable"},
	};
	size_t i;

	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "Error";
}

void reply_fini(struct reply *reply)
{
	free(reply->body);
	memset(reply, 0, sizeof(*reply));
}

void reply_text(struct reply *reply, int status, const char *type, char *text)
{
	reply_fini(reply);
	/* Without memory for a body the status alone has to say it. */
	reply->status = text ? status : 500;
	reply->type = type;
	reply->body = text;
	reply->len = text ? strlen(text) : 0;
}

static void put_json(struct reply *reply, int status, const char *type,
		     json_t *json)
{
	reply_text(reply, status, type,
		   json ? json_dumps(json, JSON_COMPACT) : NULL);
	json_decref(json);
}

void reply_json(struct reply *reply, int status, json_t *json)
{
	put_json(reply, status, "application/json", json);
}

void reply_problem(struct reply *reply, int status, const char *format, ...)
{
	char detail[PROBLEM_DETAIL];
	json_t *sentence;
	va_list args;

	va_start(args, format);
	vsnprintf(detail, sizeof(detail), format, args);
	va_end(args);

	/* Words of a library may quote what was sent, cut anywhere. */
	sentence = json_string(detail);
	if (!sentence)
		sentence = json_string(status_title(status));
	put_json(reply, status, "application/problem+json",
		 json_pack("{s:s, s:s, s:i, s:o}", "type", "about:blank",
			   "title", status_title(status), "status", status,
			   "detail", sentence));
}

void reply_database(struct reply *reply, int err)
{
	const char *why;

	switch (-err) {
	case EBUSY:
		why = "another program holds the database";
		break;
	case ENOENT:
	case ESTALE:
		why = "there is no database";
		break;
	case EROFS:
	case EACCES:
		why = "the database cannot be written";
		break;
	case ENOSPC:
		why = "the disk is full";
		break;
	default:
		why = "the database cannot be used";
		break;
	}
	reply_problem(reply, 503, "Nothing was done: %s. Please try again.",
		      why);
	reply->retry_after_s = DATABASE_RETRY_S;
	reply->database_err = err;
}
