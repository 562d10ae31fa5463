#include "reload.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <systemd/sd-daemon.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"
#include "callsieve/core/log.h"
#include "callsieve/model/number.h"
#include "callsieve/reputation.h"
#include "callsieve/screen.h"
#include "callsieve/sip.h"
#include "gate.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_listens(const struct config *a, const struct config *b)
{
	if (a->listens_count != b->listens_count)
		return false;
	for (size_t i = 0; i < a->listens_count; i++) {
		const struct config_listen *x = &a->listens[i];
		const struct config_listen *y = &b->listens[i];

		if (strcmp(x->name, y->name) != 0 ||
		    strcmp(x->address, y->address) != 0 || x->port != y->port ||
		    x->tls_port != y->tls_port ||
		    memcmp(x->transports, y->transports,
			   sizeof(x->transports)) != 0)
			return false;
	}
	return true;
}

/* The API has made copies. */
static bool same_cards(const struct config_redress *a,
		       const struct config_redress *b)
{
	if (!a->key && !b->key)
		return true;
	return same_text(a->key, b->key) && same_text(a->url, b->url) &&
	       same_text(a->certificate, b->certificate) &&
	       same_text(a->name, b->name) && same_text(a->email, b->email) &&
	       same_text(a->tel, b->tel);
}

/* Which part would need a restart, or NULL. */
static const char *fixed_part(const struct config *a, const struct config *b)
{
	if (!same_listens(a, b))
		return "listen";
	if (!same_text(a->api.address, b->api.address) ||
	    a->api.port != b->api.port || a->api.max_body != b->api.max_body ||
	    a->api.requests_per_minute != b->api.requests_per_minute ||
	    a->api.max_connections != b->api.max_connections)
		return "api";
	if (!same_cards(&a->redress, &b->redress))
		return "redress";
	if (!same_text(a->database, b->database) ||
	    a->record_queue != b->record_queue ||
	    a->calls_keep_days != b->calls_keep_days)
		return "database";
	if (a->history.subjects != b->history.subjects ||
	    a->history.pairs != b->history.pairs ||
	    a->history.save_s != b->history.save_s)
		return "history";
	return NULL;
}

static void log_lines(char *text)
{
	char *rest = text, *line;

	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			log_error("event=reload-error %s", line);
}

static int read_new(struct config **configp, const struct config *old,
		    struct buf *why)
{
	const char *part;
	int err = config_load(configp, old->path, why);

	if (err)
		return err;
	part = fixed_part(old, *configp);
	err = part ? -EINVAL : sip_check(*configp, why);
	if (err)
		config_free(*configp);
	if (!part)
		return err;
	buf_printf(why,
		   "the section \"%s\" cannot change while running: restart "
		   "for that, or put it back\n",
		   part);
	return err;
}

static int apply(struct running *running, struct config *config)
{
	int err = providers_configure(running->providers, config);

	if (!err)
		err = sip_configure(running->sip, config);
	if (err) {
		providers_configure(running->providers, running->config);
		return err;
	}
	screen_configure(running->screen, config);
	gate_configure(running->gate, config);
	number_set_masking(config->mask_numbers);
	log_set(config->log_level, config->log_format);
	return 0;
}

static void notify_reloading(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		   (long long)ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
}

static int read_and_apply(struct running *running, struct buf *why)
{
	struct config *config;
	int err = read_new(&config, running->config, why);

	if (err)
		return err;
	config->version = running->config->version + 1;
	err = apply(running, config);
	if (err) {
		buf_printf(why, "%s: the log has more\n", strerror(-err));
		config_free(config);
		return err;
	}
	config_free(running->config);
	running->config = config;
	log_info("event=reloaded version=%u", config->version);
	return 0;
}

int reload(struct running *running, struct buf *why)
{
	char *lines;
	int err;

	notify_reloading();
	err = read_and_apply(running, why);
	if (err) {
		lines = strdup(why->len ? why->data : strerror(-err));
		log_lines(lines);
		free(lines);
	}
	sd_notify(0, "READY=1");
	return err;
}
