/* The file: a line `NAME UNTIL SINCE BY` for each, times in seconds since
 * 1970; lines that begin with # are for people. */
#include "callsieve/core/switches.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define LINE_SIZE 400

static int add_line(struct switches *switches, const char *line)
{
	struct a_switch new = {.name = ""};
	int end = 0;

	if (*line == '#' || *line == '\n')
		return 0;
	if (sscanf(line, "%63s %" SCNd64 " %" SCNd64 " %63s %n", new.name,
		   &new.until_s, &new.since_s, new.by, &end) != 4 ||
	    line[end])
		return -EINVAL;
	return switches_set(switches, &new);
}

int switches_read(struct switches *switches, const char *path)
{
	struct switches read = {.count = 0};
	char line[LINE_SIZE];
	FILE *file = fopen(path, "re");
	int err = 0;

	if (!file && errno != ENOENT)
		return -errno;
	while (file && !err && fgets(line, sizeof(line), file))
		err = add_line(&read, line);
	if (file) {
		if (!err && ferror(file))
			err = -EIO;
		fclose(file);
	}
	if (!err)
		*switches = read;
	return err;
}

static int print(const struct switches *switches, FILE *file)
{
	fputs("# Written by \"callsieve bypass\". Name, until, since, by.\n",
	      file);
	for (unsigned i = 0; i < switches->count; i++) {
		const struct a_switch *at = &switches->at[i];

		fprintf(file, "%s %" PRId64 " %" PRId64 " %s\n", at->name,
			at->until_s, at->since_s, at->by);
	}
	if (fflush(file) || fsync(fileno(file)))
		return -errno;
	return 0;
}

int switches_write(const struct switches *switches, const char *path)
{
	char new[PATH_SIZE];
	FILE *file;
	int err;

	if (snprintf(new, sizeof(new), "%s.new", path) >= (int)sizeof(new))
		return -ENAMETOOLONG;
	file = fopen(new, "we");
	if (!file)
		return -errno;
	err = print(switches, file);
	/* The daemon may be another user than who steers it. */
	if (!err && fchmod(fileno(file), 0644))
		err = -errno;
	if (fclose(file) && !err)
		err = -errno;
	if (!err && rename(new, path))
		err = -errno;
	if (err)
		unlink(new);
	return err;
}

const struct a_switch *switches_find(const struct switches *switches,
				     const char *name)
{
	for (unsigned i = 0; i < switches->count; i++)
		if (!strcmp(switches->at[i].name, name))
			return &switches->at[i];
	return NULL;
}

int switches_set(struct switches *switches, const struct a_switch *new)
{
	switches_remove(switches, new->name);
	if (switches->count == SWITCHES_MAX)
		return -ENOSPC;
	switches->at[switches->count++] = *new;
	return 0;
}

void switches_remove(struct switches *switches, const char *name)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < switches->count; i++)
		if (strcmp(switches->at[i].name, name))
			switches->at[kept++] = switches->at[i];
	switches->count = kept;
}

void switches_expire(struct switches *switches, int64_t now_s)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < switches->count; i++)
		if (switches->at[i].until_s > now_s)
			switches->at[kept++] = switches->at[i];
	switches->count = kept;
}
