/* index N...: the list index with N rows: how long it takes to build, what a
 * row takes, and how long a lookup does for numbers that are listed, that are
 * not, and for a mix in which prefixes decide. Then the same N rows read from
 * a database, as after an edit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "callsieve/store.h"
#include "lists/view.h"

#define LOOKUPS	    (1 << 20)
#define RUNS	    7
#define PREFIXES    1000
#define ROWS_MAX    50000000
#define FROM_DB_MAX 1000000

/* The same numbers each time, and any two of them apart: 37 has no factor in
 * common with 10^9. */
static void set_number(struct number *number, uint64_t n, char country)
{
	*number = (struct number){.kind = NUMBER_E164};
	snprintf(number->text, sizeof(number->text), "+%c2%09llu", country,
		 (unsigned long long)(n * 37 % 1000000000));
}

static int build(struct index **indexp, size_t n)
{
	const size_t expected[TABLES] = {[TABLE_BLOCK] = n};
	struct index_row row = {
		.table = TABLE_BLOCK,
		.class = {100, 20000, "default", "ftc", "", ""}};
	struct number number;
	char prefix[24];
	size_t i;
	int err = index_new(indexp, expected);

	for (i = 0; !err && i < n; i++) {
		set_number(&number, i, '1');
		row.key = number_key_exact(&number);
		row.row = (int64_t)i + 1;
		err = index_add(*indexp, &row);
	}
	for (i = 0; !err && i < PREFIXES; i++) {
		snprintf(prefix, sizeof(prefix), "+%zu*", 3000 + i * 7 % 7000);
		if (i % 2)
			snprintf(prefix, sizeof(prefix), "+44%zu*", 10000 + i);
		row.row = (int64_t)(n + i) + 1;
		number_pattern_key(&row.key, prefix);
		err = index_add(*indexp, &row);
	}
	return err ? err : index_seal(*indexp);
}

/* Which number the i-th lookup asks for, in an order no cache foresees. */
static uint64_t scatter(uint64_t i)
{
	i = (i + 1) * 0x9e3779b97f4a7c15;
	return i ^ i >> 31;
}

enum lookup { HIT, MISS, MIX };

static void choose(struct number *number, enum lookup lookup, size_t i,
		   size_t n)
{
	uint64_t at = scatter(i) % n;

	switch (lookup) {
	case HIT:
		set_number(number, at, '1');
		break;
	case MISS:
		set_number(number, at, '2');
		break;
	case MIX: /* half listed, half under prefixes +3xxx* or none */
		set_number(number, at, i % 2 ? '1' : '3');
		break;
	}
}

/* Nanoseconds a lookup, the best of several runs: the others were disturbed. */
static double time_lookups(struct index *index,
			   const struct number *numbers, size_t *foundp)
{
	const struct layers layers = {.base = index};
	struct list_question question = {.trunk = "carrier", .now = 1};
	struct list_findings findings;
	uint64_t start, took, best = UINT64_MAX;
	size_t i;
	int run;

	for (run = 0; run < RUNS; run++) {
		*foundp = 0;
		start = now_mono_us();
		for (i = 0; i < LOOKUPS; i++) {
			question.caller = &numbers[i];
			layers_look(&layers, &question, &findings);
			*foundp += findings.listed.kind != LIST_NONE;
		}
		took = now_mono_us() - start;
		best = took < best ? took : best;
	}
	return (double)best * 1000 / LOOKUPS;
}

static int report_lookups(struct index *index, size_t n)
{
	static const char *const names[] = {"hit", "miss", "prefix mix"};
	struct number *numbers = calloc(LOOKUPS, sizeof(*numbers));
	enum lookup lookup;
	size_t i, found = 0;
	double ns;

	if (!numbers)
		return -1;
	for (lookup = HIT; lookup <= MIX; lookup++) {
		for (i = 0; i < LOOKUPS; i++)
			choose(&numbers[i], lookup, i, n);
		ns = time_lookups(index, numbers, &found);
		printf("%10zu entries  lookup %-10s %8.0f ns  (%.0f %% "
		       "found)\n",
		       n, names[lookup], ns, 100.0 * (double)found / LOOKUPS);
	}
	free(numbers);
	return 0;
}

static int fill_database(struct store *store, size_t n)
{
	struct number number;
	struct store_stmt *stmt;
	size_t i;
	int err = store_begin(store);

	for (i = 0; !err && i < n; i++) {
		set_number(&number, i, '1');
		err = store_prepare(&stmt, store,
				    "INSERT INTO blocklist(number, source) "
				    "VALUES(?, 'ftc')");
		if (err)
			break;
		stmt_bind_text(stmt, 1, number.text);
		err = stmt_step(stmt);
	}
	return err ? err : store_commit(store);
}

static void report_load(const char *path, size_t n)
{
	struct view loaded;
	struct store *store;

	if (store_open(&store, path, STORE_CREATE, 1000) < 0)
		return;
	if (!fill_database(store, n) && !view_load(&loaded, store, NULL)) {
		printf("%10zu entries  load from db      %8u ms\n", n,
		       loaded.ms);
		view_fini(&loaded);
	}
	store_close(store);
}

static void remove_database(const char *folder)
{
	static const char *const files[] = {"", "-wal", "-shm"};
	char path[300];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/index.db%s", folder, files[i]);
		unlink(path);
	}
	rmdir(folder);
}

static int run(size_t n)
{
	char folder[] = "/tmp/callsieve-bench.XXXXXX", path[300];
	struct index *index;
	uint64_t start = now_mono_us();

	if (build(&index, n) < 0)
		return -1;
	printf("%10zu entries  build             %8.0f ms\n", n,
	       (double)(now_mono_us() - start) / 1000);
	printf("%10zu entries  memory            %8.1f bytes an entry\n", n,
	       (double)index_bytes(index) / (double)index_count(index));
	if (report_lookups(index, n) < 0)
		return -1;
	index_free(index);
	if (n > FROM_DB_MAX || !mkdtemp(folder))
		return 0;
	snprintf(path, sizeof(path), "%s/index.db", folder);
	report_load(path, n);
	remove_database(folder);
	return 0;
}

int main(int argc, char **argv)
{
	int i;
	long n;

	log_set(LOG_LEVEL_WARN, LOG_FORMAT_TEXT);
	for (i = 1; i < argc; i++) {
		n = strtol(argv[i], NULL, 10);
		if (n < 1 || n > ROWS_MAX || run((size_t)n) < 0) {
			fprintf(stderr, "index: %s rows?\n", argv[i]);
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
