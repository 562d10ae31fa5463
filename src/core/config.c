/* A configuration from file or text, and its end. The reading itself is in
 * the files that config_reader.h names. */
#include "callsieve/core/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/buf.h"
#include "config_reader.h"

static void free_strings(char **strings, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

static void free_arrays(struct config *config)
{
	size_t i;

	for (i = 0; i < config->listens_count; i++) {
		free(config->listens[i].name);
		free(config->listens[i].address);
		free(config->listens[i].certificate);
		free(config->listens[i].key);
		free(config->listens[i].client_ca);
	}
	free(config->listens);
	for (i = 0; i < config->trunks_count; i++) {
		free(config->trunks[i].name);
		free(config->trunks[i].sources);
		free(config->trunks[i].country);
		free(config->trunks[i].route);
		free(config->trunks[i].profile);
		free_strings(config->trunks[i].tls_subjects,
			     config->trunks[i].tls_subjects_count);
	}
	free(config->trunks);
	for (i = 0; i < config->gateways_count; i++) {
		free(config->gateways[i].name);
		free(config->gateways[i].uri);
		free(config->gateways[i].domain);
		free(config->gateways[i].listen);
		free(config->gateways[i].redirect_hosts);
		free(config->gateways[i].tls_ca);
		free(config->gateways[i].tls_name);
	}
	free(config->gateways);
	for (i = 0; i < config->routes_count; i++) {
		free(config->routes[i].name);
		free(config->routes[i].hops);
		free(config->routes[i].failover_on);
	}
	free(config->routes);
	for (i = 0; i < config->reputations_count; i++)
		config_reputation_fini(&config->reputations[i]);
	free(config->reputations);
	for (i = 0; i < config->profiles_count; i++)
		config_profile_fini(&config->profiles[i]);
	free(config->profiles);
	for (i = 0; i < config->dns.servers_count; i++)
		free(config->dns.servers[i]);
	free(config->dns.servers);
}

void config_free(struct config *config)
{
	if (!config)
		return;
	if (config->refs) {
		config->refs--;
		return;
	}
	free_arrays(config);
	free_strings(config->screening.emergency,
		     config->screening.emergency_count);
	free_strings(config->screening.shadow, config->screening.shadow_count);
	free_strings(config->screening.brands, config->screening.brands_count);
	free(config->challenge.uri);
	free_strings(config->screening.psaps, config->screening.psaps_count);
	free(config->api.address);
	free(config->label_header);
	free(config->label_prefix);
	free(config->label_info);
	free(config->redress.url);
	free(config->redress.name);
	free(config->redress.email);
	free(config->redress.tel);
	free(config->redress.key);
	free(config->redress.certificate);
	free(config->database);
	free(config->path);
	free(config);
}

struct config *config_ref(struct config *config)
{
	config->refs++;
	return config;
}

const struct config_trunk *config_trunk_named(const struct config *config,
					      const char *name)
{
	for (size_t i = 0; i < config->trunks_count; i++)
		if (strcmp(config->trunks[i].name, name) == 0)
			return &config->trunks[i];
	return NULL;
}

static void reader_fini(struct config_reader *reader)
{
	size_t i;

	for (i = 0; i < reader->sections_count; i++)
		free(reader->sections[i].name);
	free(reader->sections);
	for (i = 0; i < reader->references_count; i++)
		free(reader->references[i].name);
	free(reader->references);
}

static void read_config(struct config_reader *reader, const char *text)
{
	char *clean = config_text_clean(reader, text);

	if (clean && config_parse_text(reader, clean) && !reader->no_memory) {
		config_sections_absent(reader);
		config_check(reader);
	}
	free(clean);
}

static int parse(struct config **configp, const char *path, const char *text,
		 struct buf *errors, bool peeking)
{
	struct config_reader reader = {
		.path = path, .errors = errors, .peeking = peeking};

	reader.config = calloc(1, sizeof(*reader.config));
	if (!reader.config)
		return -ENOMEM;
	reader.config->path = config_strdup(&reader, path);
	read_config(&reader, text);
	reader_fini(&reader);
	if (reader.no_memory || reader.errors_count) {
		config_free(reader.config);
		return reader.no_memory ? -ENOMEM : -EINVAL;
	}
	*configp = reader.config;
	return 0;
}

int config_parse(struct config **configp, const char *path, const char *text,
		 struct buf *errors)
{
	return parse(configp, path, text, errors, false);
}

static int read_file(struct buf *text, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char chunk[4096];
	ssize_t len;
	int err = 0;

	if (fd < 0)
		return -errno;
	while (!err && (len = read(fd, chunk, sizeof(chunk))) != 0)
		err = len < 0 ? -errno : buf_add(text, chunk, (size_t)len);
	close(fd);
	return err;
}

static int check_text(const struct buf *text, const char *path,
		      struct buf *errors)
{
	const char *nul =
		text->len ? memchr(text->data, '\0', text->len) : NULL;
	const char *at;
	int line = 1;

	if (!nul)
		return 0;
	for (at = text->data; at < nul; at++)
		line += *at == '\n';
	buf_printf(errors, "%s:%d: NUL byte: this is no text file\n", path,
		   line);
	return -EINVAL;
}

static int load(struct config **configp, const char *path, struct buf *errors,
		bool peeking)
{
	struct buf text;
	int err;

	buf_init(&text, CONFIG_TEXT_MAX);
	err = read_file(&text, path);
	if (err == -EMSGSIZE)
		buf_printf(errors, "%s: larger than %d bytes\n", path,
			   CONFIG_TEXT_MAX);
	else if (err)
		buf_printf(errors, "%s: cannot be read: %s\n", path,
			   strerror(-err));
	else
		err = check_text(&text, path, errors);
	if (!err)
		err = parse(configp, path, text.len ? text.data : "", errors,
			    peeking);
	buf_fini(&text);
	return err;
}

int config_load(struct config **configp, const char *path, struct buf *errors)
{
	return load(configp, path, errors, false);
}

static void drop_reputations(struct config *config)
{
	for (size_t i = 0; i < config->reputations_count; i++)
		config_reputation_fini(&config->reputations[i]);
	config->reputations_count = 0;
}

int config_peek(struct config **configp, const char *path, struct buf *errors)
{
	int err = load(configp, path, errors, true);

	if (!err)
		drop_reputations(*configp);
	return err;
}

const struct config_route *config_route_find(const struct config *config,
					     const char *name)
{
	size_t i;

	for (i = 0; i < config->routes_count; i++) {
		if (!strcmp(config->routes[i].name, name))
			return &config->routes[i];
	}
	return NULL;
}

bool config_fails_over(const struct config_route *route, int status)
{
	size_t i;

	for (i = 0; i < route->failover_on_count; i++) {
		if (route->failover_on[i] == status)
			return true;
	}
	return false;
}

const struct config_trunk *config_trunk_for(const struct config *config,
					    const struct netaddr *source)
{
	const struct config_trunk *found = NULL;
	int bits = -1;
	size_t i, k;

	for (i = 0; i < config->trunks_count; i++) {
		const struct config_trunk *trunk = &config->trunks[i];

		for (k = 0; k < trunk->sources_count; k++) {
			const struct cidr *cidr = &trunk->sources[k];

			if (cidr->bits > bits && cidr_contains(cidr, source)) {
				bits = cidr->bits;
				found = trunk;
			}
		}
	}
	return found;
}
