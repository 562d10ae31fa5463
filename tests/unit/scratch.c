#include "scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A test that cannot have its files has nothing to say. */
static void need(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

void scratch_make(struct scratch *scratch)
{
	strcpy(scratch->folder, "/tmp/callsieve-unit.XXXXXX");
	need(mkdtemp(scratch->folder) != NULL, "mkdtemp");
	strcpy(scratch->path, scratch_path(scratch, "test.db"));
}

void scratch_remove(struct scratch *scratch)
{
	DIR *dir = opendir(scratch->folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlink(scratch_path(scratch, entry->d_name));
	if (dir)
		closedir(dir);
	rmdir(scratch->folder);
}

const char *scratch_path(const struct scratch *scratch, const char *name)
{
	static char path[400];

	snprintf(path, sizeof(path), "%s/%s", scratch->folder, name);
	return path;
}

void scratch_write(const char *path, const void *data, size_t len)
{
	FILE *file = fopen(path, "w");

	need(file && fwrite(data, 1, len, file) == len, path);
	need(!fclose(file), path);
}

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == '\n')
		text[--len] = '\0';
	for (; *text; text++)
		if (*text == '\n')
			*text = '|';
}

const char *scratch_sql(const char *path, const char *sql)
{
	static char out[4000];
	char command[200], script[100];
	size_t len;
	FILE *pipe;

	snprintf(script, sizeof(script), "%s.sql", path);
	scratch_write(script, sql, strlen(sql));
	snprintf(command, sizeof(command),
		 "sqlite3 -cmd '.timeout 5000' '%s' <'%s' 2>&1", path, script);
	pipe = popen(command, "r");
	need(pipe != NULL, command);
	len = fread(out, 1, sizeof(out) - 1, pipe);
	out[len] = '\0';
	pclose(pipe);
	unlink(script);
	trim(out);
	return out;
}
