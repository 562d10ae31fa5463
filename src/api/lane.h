/* A thread with a database connection of its own that answers requests one
 * after the other, so that the HTTP thread never waits for a lock. */
#ifndef API_LANE_H
#define API_LANE_H

#include <stdbool.h>

struct api_settings;
struct lane;
struct rates;
struct request;

/* The request has its reply and is no longer the lane's. From its thread. */
typedef void lane_done_h(struct request *request);

struct lane_params {
	const struct api_settings *settings;
	struct rates *rates;
	lane_done_h *doneh;
};

int lane_start(struct lane **lanep, const struct lane_params *params);

/* False when it is stopping. */
bool lane_push(struct lane *lane, struct request *request);

/* Answers what is queued, then ends. NULL is fine. */
void lane_stop(struct lane *lane);

#endif
