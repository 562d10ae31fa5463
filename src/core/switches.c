/* The file: a line `NAME UNTIL SINCE BY` for each, times in seconds since
 * 1970; lines that begin with # are for people. */
#include "callsieve/core/switches.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "callsieve/core/buf.h"

#define PATH_SIZE 4096
#define LINE_SIZE 400
#define TEXT_MAX  (SWITCHES_MAX * LINE_SIZE)

/* The file is never smaller, so that it can be written anew where it stands. */
#define ROOM 4096

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

static int print(const struct switches *switches, struct buf *text)
{
	static const char head[] =
		"# Written by \"callsieve bypass\". Name, until, since, by.\n";
	int err = buf_add(text, head, sizeof(head) - 1);

	for (unsigned i = 0; !err && i < switches->count; i++) {
		const struct a_switch *at = &switches->at[i];

		err = buf_printf(text, "%s %" PRId64 " %" PRId64 " %s\n",
				 at->name, at->until_s, at->since_s, at->by);
	}
	while (!err && text->len < ROOM)
		err = buf_add(text, "\n", 1);
	return err;
}

/* -errno; also when not all of it could be written. */
static int fill(int fd, const struct buf *text)
{
	ssize_t n = write(fd, text->data, text->len);

	if (n < 0 || fsync(fd))
		return -errno;
	return (size_t)n == text->len ? 0 : -ENOSPC;
}

static int replace(const char *path, const struct buf *text)
{
	char new[PATH_SIZE];
	int fd, err;

	if (snprintf(new, sizeof(new), "%s.new", path) >= (int)sizeof(new))
		return -ENAMETOOLONG;
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0664);
	if (fd < 0)
		return -errno;
	err = fill(fd, text);
	/* The daemon may be another user than who steers it. */
	if (!err && fchmod(fd, 0664))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (!err && rename(new, path))
		err = -errno;
	if (err)
		unlink(new);
	return err;
}

/* For a full disk: what the file has on it already it can have again. */
static int overwrite(const char *path, const struct buf *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if ((size_t)st.st_size < text->len)
		err = -ENOSPC;
	else
		err = fill(fd, text);
	if (!err && ftruncate(fd, (off_t)text->len))
		err = -errno;
	close(fd);
	return err;
}

int switches_write(const struct switches *switches, const char *path)
{
	struct buf text;
	int err;

	buf_init(&text, TEXT_MAX);
	err = print(switches, &text);
	if (!err)
		err = replace(path, &text);
	if (err && text.len && !overwrite(path, &text))
		err = 0;
	buf_fini(&text);
	return err;
}

int switches_reserve(const char *path)
{
	static const struct switches none;

	return access(path, F_OK) ? switches_write(&none, path) : 0;
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
