/* callsieved: reads its arguments and its configuration, then runs. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"
#include "callsieve/core/signature.h"
#include "callsieve/model/number.h"
#include "callsieve/sip.h"
#include "daemon.h"
#include "memory.h"

#define ERRORS_MAX (1 << 20)

static int usage(FILE *to)
{
	fprintf(to, "usage: callsieved [-t] [-c FILE]\n"
		    "  -c FILE  configuration "
		    "(/etc/callsieve/callsieve.conf)\n"
		    "  -t       check the configuration and exit\n"
		    "  -V, --version  print the version and exit\n"
		    "  -h, --help     print this and exit\n");
	return to == stdout ? 0 : 2;
}

/* Were standard error closed, the next file opened would take its place and
 * get the log: the database, perhaps. */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* A TCP trunk takes a descriptor a connection. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static struct config *load(const char *path)
{
	struct config *config = NULL;
	struct buf errors;
	int err;

	buf_init(&errors, ERRORS_MAX);
	err = config_load(&config, path, &errors);
	if (err && errors.len)
		fputs(errors.data, stderr);
	else if (err)
		fprintf(stderr, "%s: %s\n", path, strerror(-err));
	buf_fini(&errors);
	return err ? NULL : config;
}

static int check_redress(const struct config *config, struct buf *errors)
{
	const struct config_redress *redress = &config->redress;
	struct signer *signer;
	int err;

	if (!redress->key)
		return 0;
	if (access(redress->certificate, R_OK)) {
		err = -errno;
		buf_printf(errors, "%s: %s\n", redress->certificate,
			   strerror(-err));
		return err;
	}
	err = signer_new(&signer, redress->key, errors);
	if (!err)
		signer_free(signer);
	return err;
}

/* What the configuration names must be there, too. */
static bool check_files(const struct config *config)
{
	struct buf errors;
	int err;

	buf_init(&errors, ERRORS_MAX);
	err = sip_check(config, &errors);
	if (!err)
		err = check_redress(config, &errors);
	if (err)
		fputs(errors.data ? errors.data : "out of memory\n", stderr);
	buf_fini(&errors);
	return !err;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{0},
	};
	const char *path = "/etc/callsieve/callsieve.conf";
	struct daemon *daemon;
	struct config *config;
	bool check = false;
	int option;

	fill_standard_files();
	while ((option = getopt_long(argc, argv, "c:thV", options, NULL)) !=
	       -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 't':
			check = true;
			break;
		case 'V':
			puts("callsieved " CALLSIEVE_VERSION);
			return 0;
		case 'h':
			return usage(stdout);
		default:
			return usage(stderr);
		}
	}
	if (optind != argc)
		return usage(stderr);
	config = load(path);
	if (!config)
		return 1;
	if (check) {
		if (!check_files(config)) {
			config_free(config);
			return 1;
		}
		printf("%s: ok\n", path);
		config_free(config);
		return 0;
	}
	raise_descriptor_limit();
	number_set_masking(config->mask_numbers);
	config->version = 1;
	if (daemon_start(&daemon, config) != 0)
		return 1;
	memory_begin();
	daemon_run(daemon);
	daemon_stop(daemon);
	return 0;
}
