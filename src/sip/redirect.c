/* Redirections by a gateway (3xx), followed for the caller where the gateway
 * is configured so. They hold for this call alone: nothing is kept, and the
 * caller never hears of them. What a Contact may make us do is little: send
 * this INVITE to an address we were told of in the configuration. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_string.h>

#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"

#define HOPS_MAX   5  /* redirections of redirections */
#define PLACES_MAX 11 /* URIs in one call: a gateway's and ten more */

/* A URI the call was sent to, or may be. */
struct place {
	const url_t *uri;  /* as written */
	const url_t *read; /* to be compared */
	unsigned q;	   /* in thousandths */
	unsigned hops;	   /* redirections that led here; 0: a gateway */
	struct history_entry history;
};

struct redirect {
	su_home_t home[1];
	const struct config_gateway *config; /* of the gateway it began at */
	struct place places[PLACES_MAX];
	size_t count;
	unsigned tried;
	struct place *at; /* where the INVITE is; NULL: at a gateway */
	bool followed;	  /* one of them was, or is about to be */
	bool conclusive;  /* one of them said what becomes of the call */
};

void redirect_free(struct redirect *redirect)
{
	if (!redirect)
		return;
	su_home_deinit(redirect->home);
	free(redirect);
}

static const struct config_gateway *config_of(const struct call *call)
{
	const struct config *config = call->config;

	for (size_t i = 0; i < config->gateways_count; i++)
		if (strcmp(config->gateways[i].name,
			   call->target->gateway->name) == 0)
			return &config->gateways[i];
	return NULL;
}

static bool known(const struct redirect *redirect, const url_t *read)
{
	for (size_t i = 0; i < redirect->count; i++)
		if (uri_equal(redirect->places[i].read, read))
			return true;
	return false;
}

static struct place *add_place(struct redirect *redirect, const url_t *uri,
			       const url_t *read)
{
	struct place *place = &redirect->places[redirect->count++];

	place->uri = uri;
	place->read = read;
	place->history.uri = uri;
	return place;
}

static bool is_secure(const struct call *call)
{
	const sip_t *invite = sip_object(call->invite);

	return invite->sip_request->rq_url->url_type == url_sips;
}

static void learn_one(struct call *call, const struct place *from,
		      const sip_contact_t *contact)
{
	struct redirect *redirect = call->redirect;
	const url_t *uri, *read = NULL;
	struct target *target;
	struct place *place;

	if (redirect->count == PLACES_MAX)
		return;
	uri = contact_uri(redirect->home, contact);
	if (uri)
		read = address_read(redirect->home, uri);
	/* RFC 3261 16.7 (4): sips stays sips. */
	if (!read || known(redirect, read) ||
	    (is_secure(call) && uri->url_type != url_sips))
		return;
	target = contact_target(call, redirect->config, uri);
	if (!target)
		return;
	target_unref(target);
	place = add_place(redirect, uri, read);
	place->q = contact->m_q ? sip_q_value(contact->m_q) : 1000;
	place->hops = from->hops + 1;
	history_retarget(&place->history, &from->history, contact);
}

/* The place that answered: if a gateway, then by the URI it was sent. */
static struct place *place_at(struct call *call)
{
	struct redirect *redirect = call->redirect;
	const url_t *uri, *read;
	struct place *place;
	msg_t *request;

	if (redirect->at)
		return redirect->at;
	if (redirect->count == PLACES_MAX)
		return NULL;
	request = nta_outgoing_getrequest(call->orq);
	uri = url_hdup(redirect->home,
		       sip_object(request)->sip_request->rq_url);
	msg_destroy(request);
	read = uri ? address_read(redirect->home, uri) : NULL;
	if (!read)
		return NULL;
	place = add_place(redirect, uri, read);
	place->history.tried = ++redirect->tried;
	return place;
}

static struct redirect *redirect_new(void)
{
	struct redirect *redirect = calloc(1, sizeof(*redirect));

	if (!redirect)
		return NULL;
	su_home_init(redirect->home);
	return redirect;
}

static void learn(struct call *call, const sip_t *response)
{
	const struct config_gateway *config;
	const sip_contact_t *m;
	struct place *from;

	if (!redirect_uri(call)) {
		config = config_of(call);
		if (!config || config->redirects != REDIRECTS_FOLLOW)
			return;
		if (!call->redirect)
			call->redirect = redirect_new();
		if (!call->redirect)
			return;
		call->redirect->config = config;
	}
	from = place_at(call);
	if (!from || from->hops == HOPS_MAX)
		return;
	from->history.status = response->sip_status->st_status;
	for (m = response->sip_contact; m; m = m->m_next)
		learn_one(call, from, m);
}

/* Not tried yet: what the latest redirection named, and of that what it
 * prefers. */
static struct place *best(struct redirect *redirect)
{
	struct place *best = NULL;

	for (size_t i = 0; i < redirect->count; i++) {
		struct place *place = &redirect->places[i];

		if (!place->history.tried &&
		    (!best || place->hops > best->hops ||
		     (place->hops == best->hops && place->q > best->q)))
			best = place;
	}
	return best;
}

/* Our INVITE was refused, or (`response` NULL) had no answer. True: a
 * redirection named somewhere else to try. */
bool redirect_refused(struct call *call, const sip_t *response, int status)
{
	struct redirect *redirect;

	if (response && status / 100 == 3 && !call->aimed)
		learn(call, response);
	redirect = call->redirect;
	if (!redirect)
		return false;
	if (redirect->at) {
		redirect->at->history.status = status;
		if (response && status >= 400 &&
		    !config_fails_over(call->route, status))
			redirect->conclusive = true;
	}
	/* RFC 3261 16.7 (5): a 6xx speaks for every place. */
	if (status >= 600 || !best(redirect))
		return false;
	redirect->followed = true;
	return true;
}

/* Where to try next, the caller's to unref; NULL: nowhere. */
struct target *redirect_next(struct call *call)
{
	struct redirect *redirect = call->redirect;
	struct target *target = NULL;

	if (!redirect)
		return NULL;
	while (!target && (redirect->at = best(redirect))) {
		redirect->at->history.tried = ++redirect->tried;
		target = contact_target(call, redirect->config,
					redirect->at->uri);
	}
	if (!target)
		return NULL;
	metric_add(METRIC_REDIRECTS, 1);
	log_info("call=%s event=redirected gateway=%s to=%s:%u call_id_out=%s",
		 call->name, call->target->gateway->name, target->url->url_host,
		 target->port, call->call_id);
	return target;
}

/* The gateways go on from here. */
void redirect_over(struct call *call)
{
	if (call->redirect)
		call->redirect->at = NULL;
}

/* The Request-URI of where a redirection sent us; NULL at a gateway. */
const url_t *redirect_uri(const struct call *call)
{
	return call->redirect && call->redirect->at ? call->redirect->at->uri
						    : NULL;
}

/* Was a redirection followed? Then the caller hears of none. */
bool redirect_followed(const struct call *call)
{
	return call->redirect && call->redirect->followed;
}

/* Did a place it led to say what becomes of the call? */
bool redirect_conclusive(const struct call *call)
{
	return call->redirect && call->redirect->conclusive;
}

/* What has become of the call's URI, for the INVITE about to be sent. */
int redirect_history(const struct call *call, msg_t *msg)
{
	const struct history_entry *entries[PLACES_MAX] = {NULL};
	const struct redirect *redirect = call->redirect;
	unsigned count = 0;

	if (!redirect || !redirect->at)
		return 0;
	for (unsigned n = 1; n <= redirect->tried; n++)
		for (size_t i = 0; i < redirect->count; i++)
			if (redirect->places[i].history.tried == n)
				entries[count++] = &redirect->places[i].history;
	return history_add(msg, sip_object(call->invite), entries, count);
}
