/* Who keeps the database locked. The kernel lists each lock with its process
 * and the inode of the file; where SQLite puts its locks is part of its file
 * format: https://www.sqlite.org/walformat.html, section 2.3. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "holder.h"
#include "store.h"

#define WAL_WRITER  120	       /* the byte of -shm that a writer locks */
#define FILE_LOCKED 0x40000000 /* from here on, in the file itself */
#define LINE_MAX_   256

struct lock {
	long pid;
	uint64_t inode, from, to;
};

/* `1: POSIX  ADVISORY  WRITE 4711 fe:01:1234 120 120`; those that wait have
 * an arrow before POSIX. */
static bool read_lock(struct lock *lock, const char *line)
{
	char to[32];

	if (sscanf(line,
		   "%*s %*s ADVISORY WRITE %ld %*x:%*x:%" SCNu64 " %" SCNu64
		   " %31s",
		   &lock->pid, &lock->inode, &lock->from, to) != 4)
		return false;
	if (sscanf(to, "%" SCNu64, &lock->to) != 1)
		lock->to = UINT64_MAX; /* "EOF" */
	return true;
}

static bool keeps_out(const struct lock *lock, const struct store *store)
{
	if (store->shm.ino && lock->inode == store->shm.ino)
		return lock->from <= WAL_WRITER && lock->to >= WAL_WRITER;
	return lock->inode == store->file.ino && lock->to >= FILE_LOCKED;
}

/* What it was started as, its arguments apart by blanks. */
static void read_command(struct holder *holder)
{
	char path[64];
	size_t len, i;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/cmdline", holder->pid);
	file = fopen(path, "re");
	if (!file)
		return;
	len = fread(holder->command, 1, sizeof(holder->command) - 1, file);
	fclose(file);
	while (len && !holder->command[len - 1])
		len--;
	for (i = 0; i < len; i++)
		if (!isprint((unsigned char)holder->command[i]))
			holder->command[i] = ' ';
}

static void read_program(struct holder *holder)
{
	char path[64];
	FILE *file;

	snprintf(holder->program, sizeof(holder->program), "unknown");
	snprintf(path, sizeof(path), "/proc/%ld/comm", holder->pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(holder->program, sizeof(holder->program), file))
		holder->program[strcspn(holder->program, "\n")] = '\0';
	fclose(file);
	/* It stands between quotes in metrics. */
	for (size_t i = 0; holder->program[i]; i++)
		if (!isalnum((unsigned char)holder->program[i]) &&
		    !strchr("-._", holder->program[i]))
			holder->program[i] = '?';
}

bool holder_find(struct holder *holder, const struct store *store)
{
	FILE *file = fopen("/proc/locks", "re");
	char line[LINE_MAX_];
	struct lock lock;
	bool found = false;

	memset(holder, 0, sizeof(*holder));
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file))
		found = read_lock(&lock, line) && keeps_out(&lock, store);
	fclose(file);
	/* A lock of an open file description has no process. */
	if (!found || lock.pid <= 0)
		return false;
	holder->pid = lock.pid;
	read_program(holder);
	read_command(holder);
	return true;
}
