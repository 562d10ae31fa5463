/* Whether we are there, and whether we are of use. */
#include "resources.h"

#include "callsieve/store.h"

static void reply_status(struct reply *reply, const char *status)
{
	reply_json(reply, 200, json_pack("{s:s}", "status", status));
}

void healthz_get(struct request *request, const struct api_settings *settings,
		 struct store *store)
{
	(void)settings;
	(void)store;
	reply_status(&request->reply, "ok");
}

void readyz_get(struct request *request, const struct api_settings *settings,
		struct store *store)
{
	int64_t revision = store_revision(store, "lists");

	(void)settings;
	if (revision < 0)
		reply_database(&request->reply, (int)revision);
	else
		reply_status(&request->reply, "ready");
}
