/* Counters for Prometheus, text format 0.0.4. */
#include "resources.h"

#include "callsieve/core/metrics.h"

#define METRICS_MAX (4 << 20) /* a thousand trunks */

void metrics_get(struct request *request, const struct api_settings *settings,
		 struct store *store)
{
	struct buf text;
	int err;

	(void)settings;
	(void)store;
	buf_init(&text, METRICS_MAX);
	err = metrics_print(&text);
	if (err)
		reply_problem(&request->reply, 500,
			      "The metrics could not be printed.");
	else
		reply_text(&request->reply, 200,
			   "text/plain; version=0.0.4; charset=utf-8",
			   buf_take(&text));
	buf_fini(&text);
}
