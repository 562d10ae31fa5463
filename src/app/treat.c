#include "treat.h"

#include <stdio.h>
#include <string.h>

#include "callsieve/calls.h"
#include "callsieve/core/config.h"
#include "callsieve/model/verdict.h"
#include "callsieve/sip.h"

#define HEADER_MAX 400

/* `X-Spam-Score: 62; signals="neighbour brief"; id=0s8d...`: the names are
 * ours, so there is nothing to escape. */
static void print_header(char buf[HEADER_MAX], const char *name,
			 const struct call_record *record)
{
	const struct verdict *verdict = record->verdict;
	int len = snprintf(buf, HEADER_MAX, "%s: %d; signals=\"", name,
			   verdict->score);
	const char *gap = "";

	for (unsigned i = 0; i < verdict->signals_count; i++) {
		const struct signal_hit *hit = &verdict->signals[i];

		if (hit->points <= 0 || len >= HEADER_MAX / 2)
			continue;
		len += snprintf(buf + len, HEADER_MAX - (size_t)len, "%s%s",
				gap, hit->name);
		gap = " ";
	}
	snprintf(buf + len, HEADER_MAX - (size_t)len, "\"; id=%s", record->id);
}

void treat_label(struct call *call, const struct config *config,
		 const struct call_record *record)
{
	struct call_label label = {.display_prefix = config->label_prefix};
	char header[HEADER_MAX];

	if (config->label_header && record->verdict) {
		print_header(header, config->label_header, record);
		label.header = header;
	}
	call_label(call, &label);
}
