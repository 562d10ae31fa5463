/* RFC 3263 4.1 and 4.2, step by step. Each step asks DNS something, and when
 * all that it asked is answered, goes to the next:
 *
 *   NAPTR of the domain   which services there are, by which transport
 *   SRV of each service   in that order, until one has records
 *   A, AAAA of each host
 *
 * A port or a transport that is given shortens the way. Any sequence of
 * answers ends: each list is bounded, and no step leads back. */
#include "callsieve/resolve.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "callsieve/core/loop.h"

#include "records.h"
#include "resolver.h"

#define SERVICES_MAX 8
#define HOSTS_MAX    16
#define NAME_SIZE    256 /* RFC 1035 3.1 */
#define WEIGHT_UNIT  64	 /* so that the addresses of a host can share */

/* What SRV is asked for. */
struct service {
	char name[NAME_SIZE];
	enum config_transport transport;
	unsigned order, preference; /* of NAPTR */
};

/* What addresses are asked for. */
struct host {
	char name[NAME_SIZE];
	uint16_t port;
	enum config_transport transport;
	unsigned priority, weight;
	unsigned addresses; /* found */
};

typedef void step_h(struct resolve *resolve);

struct resolve {
	struct resolver *resolver;
	struct loop_timer *timer; /* tells the answer */
	resolve_h *h;		  /* NULL: given up */
	void *arg;
	char name[NAME_SIZE];
	uint16_t port;
	bool any_transport, transports[TRANSPORTS], v4, v6;

	unsigned pending; /* queries under way */
	step_h *next;	  /* after them */
	struct service services[SERVICES_MAX];
	size_t services_count, service; /* which is being asked for */
	struct host hosts[HOSTS_MAX];
	size_t hosts_count;

	struct resolve_target targets[RESOLVE_TARGETS_MAX];
	size_t target_hosts[RESOLVE_TARGETS_MAX]; /* index in hosts */
	struct resolve_answer answer;
};

/* A query, and what it is for. */
struct step {
	struct resolve *resolve;
	record_h *h;
	int type;
	size_t host; /* of which it asks the address */
};

static const struct {
	const char *prefix, *service;
	uint16_t port;
} transports[TRANSPORTS] = {
	[TRANSPORT_UDP] = {"_sip._udp.", "SIP+D2U", 5060},
	[TRANSPORT_TCP] = {"_sip._tcp.", "SIP+D2T", 5060},
	[TRANSPORT_TLS] = {"_sips._tcp.", "SIPS+D2T", 5061},
};

static void release(struct resolve *resolve)
{
	loop_timer_free(resolve->timer);
	free(resolve);
}

static void on_timer(void *arg)
{
	struct resolve *resolve = arg;

	resolve->h(&resolve->answer, resolve->arg);
}

/* A step has asked all it asks, or one of its queries has ended. */
static void settle(struct resolve *resolve)
{
	if (--resolve->pending)
		return;
	if (resolve->h)
		resolve->next(resolve);
	else
		release(resolve);
}

static void on_query(int err, const unsigned char *data, size_t len, void *arg)
{
	struct step *step = arg;
	struct resolve *resolve = step->resolve;

	if (!err && resolve->h)
		err = records_read(data, len, step->type, step->h, step);
	if (err && err != -ENOENT)
		resolve->answer.err = -EIO;
	free(step);
	settle(resolve);
}

static void ask(struct resolve *resolve, const char *name, int type,
		record_h *h, size_t host)
{
	struct step *step = malloc(sizeof(*step));

	if (!step) {
		resolve->answer.err = -EIO;
		return;
	}
	*step = (struct step){resolve, h, type, host};
	resolve->pending++;
	resolver_query(resolve->resolver, name, type, on_query, step);
}

static void note_ttl(struct resolve *resolve, const struct record *record)
{
	if (record->ttl_s < resolve->answer.ttl_s)
		resolve->answer.ttl_s = record->ttl_s;
}

/* The weight of a host is shared by its addresses. */
static void finish(struct resolve *resolve)
{
	struct resolve_answer *answer = &resolve->answer;

	for (size_t i = 0; i < answer->count; i++) {
		const struct host *host =
			&resolve->hosts[resolve->target_hosts[i]];
		unsigned weight = host->weight * WEIGHT_UNIT / host->addresses;

		resolve->targets[i].weight =
			host->weight && !weight ? 1 : weight;
	}
	if (!answer->count && !answer->err)
		answer->err = -ENOENT;
	loop_timer_set(resolve->timer, 0);
}

static void on_address(const struct record *record, void *arg)
{
	const struct step *step = arg;
	struct resolve *resolve = step->resolve;
	struct host *host = &resolve->hosts[step->host];
	size_t i = resolve->answer.count;

	note_ttl(resolve, record);
	if (i == RESOLVE_TARGETS_MAX)
		return;
	host->addresses++;
	resolve->target_hosts[i] = step->host;
	resolve->targets[i] = (struct resolve_target){
		.addr = record->addr,
		.port = host->port,
		.transport = host->transport,
		.priority = host->priority,
	};
	resolve->answer.count++;
}

static void ask_addresses(struct resolve *resolve)
{
	resolve->pending++;
	resolve->next = finish;
	for (size_t i = 0; i < resolve->hosts_count; i++) {
		const char *name = resolve->hosts[i].name;

		if (resolve->v4)
			ask(resolve, name, RECORD_A, on_address, i);
		if (resolve->v6)
			ask(resolve, name, RECORD_AAAA, on_address, i);
	}
	settle(resolve);
}

/* There is no SRV: the domain itself is the host. */
static void ask_domain(struct resolve *resolve, enum config_transport transport)
{
	struct host *host = &resolve->hosts[0];

	memcpy(host->name, resolve->name, sizeof(host->name));
	host->port = resolve->port ? resolve->port : transports[transport].port;
	host->transport = transport;
	host->weight = 1;
	resolve->hosts_count = 1;
	ask_addresses(resolve);
}

static void on_srv(const struct record *record, void *arg)
{
	const struct step *step = arg;
	struct resolve *resolve = step->resolve;
	struct host *host = &resolve->hosts[resolve->hosts_count];

	note_ttl(resolve, record);
	if (resolve->hosts_count == HOSTS_MAX ||
	    strlen(record->name) >= sizeof(host->name))
		return;
	strcpy(host->name, record->name);
	host->port = record->port;
	host->transport = resolve->services[resolve->service].transport;
	host->priority = record->first;
	host->weight = record->second;
	resolve->hosts_count++;
}

static void ask_service(struct resolve *resolve);

static void after_srv(struct resolve *resolve)
{
	const struct host *host = resolve->hosts;

	/* RFC 2782: the root says that there is decidedly no such service. */
	if (resolve->hosts_count == 1 && !*host->name)
		finish(resolve);
	else if (resolve->hosts_count)
		ask_addresses(resolve);
	else if (++resolve->service < resolve->services_count)
		ask_service(resolve);
	else if (resolve->answer.err)
		finish(resolve);
	else
		ask_domain(resolve, resolve->services[0].transport);
}

static void ask_service(struct resolve *resolve)
{
	resolve->pending++;
	resolve->next = after_srv;
	ask(resolve, resolve->services[resolve->service].name, RECORD_SRV,
	    on_srv, 0);
	settle(resolve);
}

static int by_order(const void *a, const void *b)
{
	const struct service *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return x->preference < y->preference ? -1
					     : x->preference > y->preference;
}

/* Services that we cannot use, or that are found by other ways than SRV, are
 * none to us. */
static void on_naptr(const struct record *record, void *arg)
{
	const struct step *step = arg;
	struct resolve *resolve = step->resolve;
	struct service *service = &resolve->services[resolve->services_count];
	enum config_transport i = TRANSPORT_UDP;

	note_ttl(resolve, record);
	while (i < TRANSPORTS &&
	       strcasecmp(transports[i].service, record->service) != 0)
		i++;
	if (i == TRANSPORTS || !resolve->transports[i] ||
	    strcasecmp(record->flags, "s") != 0 || record->regexp_len ||
	    resolve->services_count == SERVICES_MAX ||
	    strlen(record->name) >= sizeof(service->name))
		return;
	strcpy(service->name, record->name);
	service->transport = i;
	service->order = record->first;
	service->preference = record->second;
	resolve->services_count++;
}

/* The services a domain has by convention. */
static void usual_services(struct resolve *resolve)
{
	for (enum config_transport i = TRANSPORT_UDP; i < TRANSPORTS; i++) {
		struct service *service =
			&resolve->services[resolve->services_count];

		/* Whoever wants TLS says so. */
		if (!resolve->transports[i] ||
		    (resolve->any_transport && i == TRANSPORT_TLS) ||
		    strlen(transports[i].prefix) + strlen(resolve->name) >=
			    sizeof(service->name))
			continue;
		strcpy(service->name, transports[i].prefix);
		strcat(service->name, resolve->name);
		service->transport = i;
		resolve->services_count++;
	}
}

static void ask_services(struct resolve *resolve)
{
	qsort(resolve->services, resolve->services_count,
	      sizeof(*resolve->services), by_order);
	if (!resolve->services_count)
		usual_services(resolve);
	/* A failed query for NAPTR is as good as none: there are servers that
	 * know nothing of this type. */
	resolve->answer.err = 0;
	if (resolve->services_count)
		ask_service(resolve);
	else
		finish(resolve);
}

static void ask_naptr(struct resolve *resolve)
{
	resolve->pending++;
	resolve->next = ask_services;
	ask(resolve, resolve->name, RECORD_NAPTR, on_naptr, 0);
	settle(resolve);
}

static enum config_transport first_transport(const struct resolve *resolve)
{
	enum config_transport i = TRANSPORT_UDP;

	while (i < TRANSPORT_TLS && !resolve->transports[i])
		i++;
	return i;
}

int resolve_start(struct resolve **resolvep, struct resolver *resolver,
		  const struct resolve_question *question, resolve_h *h,
		  void *arg)
{
	struct resolve *resolve;
	int err;

	if (strlen(question->host) >= NAME_SIZE)
		return -EINVAL;
	resolve = calloc(1, sizeof(*resolve));
	if (!resolve)
		return -ENOMEM;
	err = loop_timer_new(&resolve->timer, resolver_loop(resolver), on_timer,
			     resolve);
	if (err) {
		free(resolve);
		return err;
	}
	resolve->resolver = resolver;
	resolve->h = h;
	resolve->arg = arg;
	strcpy(resolve->name, question->host);
	resolve->port = question->port;
	resolve->any_transport = question->any_transport;
	memcpy(resolve->transports, question->transports,
	       sizeof(resolve->transports));
	resolve->v4 = question->v4;
	resolve->v6 = question->v6;
	resolve->answer.targets = resolve->targets;
	resolve->answer.ttl_s = UINT_MAX;
	*resolvep = resolve;
	if (resolve->port)
		ask_domain(resolve, first_transport(resolve));
	else if (resolve->any_transport)
		ask_naptr(resolve);
	else
		ask_services(resolve);
	return 0;
}

void resolve_free(struct resolve *resolve)
{
	if (!resolve)
		return;
	resolve->h = NULL;
	if (resolve->pending)
		loop_timer_stop(resolve->timer);
	else
		release(resolve);
}
