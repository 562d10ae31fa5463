#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The number is of the format: other fields, another number. */
#define MAGIC "callsieve-hist3\n"

struct head {
	char magic[16];
	uint32_t subject_bytes, pair_bytes; /* and the byte order with them */
	uint64_t buckets;
};

static size_t entry_bytes(const struct block *block)
{
	switch (block->kind) {
	case BLOCK_SUBJECTS:
		return sizeof(block->of.subjects[0]);
	case BLOCK_PAIRS:
		return sizeof(block->of.pairs[0]);
	default:
		return 0;
	}
}

size_t block_bytes(const struct block *block)
{
	return offsetof(struct block, of) + block->count * entry_bytes(block);
}

/* Finds damage, not malice; all there is comes in words of eight bytes. */
static uint64_t add_to_sum(uint64_t sum, const void *data, size_t len)
{
	const char *at = data;
	uint64_t word;

	for (; len >= sizeof(word); at += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		sum = (sum ^ word) * 0x9e3779b97f4a7c15;
		sum ^= sum >> 29;
	}
	return sum;
}

static int put(struct history_file *file, const void *data, size_t len)
{
	file->sum = add_to_sum(file->sum, data, len);
	if (fwrite(data, 1, len, file->file) != len)
		return errno ? -errno : -EIO;
	return 0;
}

static int get(struct history_file *file, void *data, size_t len)
{
	if (fread(data, 1, len, file->file) != len)
		return -EBADMSG;
	file->sum = add_to_sum(file->sum, data, len);
	return 0;
}

/* What is in it is nobody else's business: mode 0600. */
int history_file_create(struct history_file *file, const char *path,
			uint64_t buckets)
{
	struct head head = {.magic = MAGIC,
			    .subject_bytes = sizeof(struct subject),
			    .pair_bytes = sizeof(struct placed_pair),
			    .buckets = buckets};
	int fd;

	memset(file, 0, sizeof(*file));
	file->path = strdup(path);
	if (asprintf(&file->fresh, "%s.new", path) < 0)
		file->fresh = NULL;
	if (!file->path || !file->fresh) {
		history_file_close(file, false);
		return -ENOMEM;
	}
	unlink(file->fresh);
	fd = open(file->fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	file->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file->file) {
		int err = -errno;

		if (fd >= 0)
			close(fd);
		history_file_close(file, false);
		return err;
	}
	return put(file, &head, sizeof(head));
}

int history_file_add(struct history_file *file, const struct block *block)
{
	return put(file, block, block_bytes(block));
}

static int finish(struct history_file *file)
{
	const struct block end = {.kind = BLOCK_END};
	int err = history_file_add(file, &end);
	uint64_t sum = file->sum;

	if (!err)
		err = put(file, &sum, sizeof(sum));
	if (!err && (fflush(file->file) || fsync(fileno(file->file))))
		err = -errno;
	return err;
}

int history_file_close(struct history_file *file, bool whole)
{
	int err = file->file && whole ? finish(file) : 0;

	if (file->file && fclose(file->file) && !err)
		err = -errno;
	if (file->fresh && whole && !err && rename(file->fresh, file->path))
		err = -errno;
	if (file->fresh && (!whole || err))
		unlink(file->fresh);
	free(file->path);
	free(file->fresh);
	memset(file, 0, sizeof(*file));
	return err;
}

int history_file_next(struct history_file *file, struct block *block)
{
	int err = get(file, block, offsetof(struct block, of));

	if (err)
		return err;
	if (block->kind > BLOCK_PAIRS || block->count > BLOCK_SLOTS)
		return -EBADMSG;
	return get(file, &block->of, block->count * entry_bytes(block));
}

static int read_head(struct history_file *file, uint64_t *bucketsp)
{
	struct head head;
	int err;

	file->sum = 0;
	err = get(file, &head, sizeof(head));
	if (err)
		return err;
	if (memcmp(head.magic, MAGIC, sizeof(head.magic)) != 0 ||
	    head.subject_bytes != sizeof(struct subject) ||
	    head.pair_bytes != sizeof(struct placed_pair) || !head.buckets)
		return -EBADMSG;
	*bucketsp = head.buckets;
	return 0;
}

/* From the first byte to the last, before anything of it is believed. */
static int check(struct history_file *file)
{
	struct block *block = malloc(sizeof(*block));
	uint64_t sum, buckets;
	int err = block ? read_head(file, &buckets) : -ENOMEM;

	while (!err) {
		err = history_file_next(file, block);
		if (err || block->kind == BLOCK_END)
			break;
	}
	sum = file->sum;
	free(block);
	if (!err) {
		uint64_t written;

		err = get(file, &written, sizeof(written));
		if (!err && written != sum)
			err = -EBADMSG;
	}
	return err;
}

int history_file_open(struct history_file *file, const char *path,
		      uint64_t *bucketsp)
{
	int err;

	memset(file, 0, sizeof(*file));
	file->file = fopen(path, "re");
	if (!file->file)
		return -errno;
	err = check(file);
	rewind(file->file);
	if (!err)
		err = read_head(file, bucketsp);
	if (err)
		history_file_close(file, false);
	return err;
}
