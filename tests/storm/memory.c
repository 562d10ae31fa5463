#include "memory.h"

#include <stdio.h>
#include <unistd.h>

#include "fake/trace.h"
#include "net.h"

#define STEP	 10000 /* calls */
#define WARM	 20000 /* until then pools and tables fill */
#define GROWTH	 10    /* percent that is still called flat */
#define QUIET_MS 40000
#define PAGE_KB	 ((long)sysconf(_SC_PAGESIZE) / 1024)

static long warm_kb, last_kb;
static unsigned next_step = STEP;

static long resident_kb(pid_t pid)
{
	char path[32];
	long size, resident = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	file = fopen(path, "r");
	claim(file && fscanf(file, "%ld %ld", &size, &resident) == 2, "%s",
	      path);
	fclose(file);
	return resident * PAGE_KB;
}

void memory_look(pid_t pid, unsigned calls)
{
	if (calls < next_step)
		return;
	/* The last transactions have to run out first (64*T1). */
	net_run(QUIET_MS);
	next_step += STEP;
	last_kb = resident_kb(pid);
	if (!warm_kb && calls >= WARM)
		warm_kb = last_kb;
	printf("%6u calls so far, %ld KiB resident\n", calls, last_kb);
	fflush(stdout);
}

void memory_judge(void)
{
	if (warm_kb)
		claim(last_kb <= warm_kb + warm_kb * GROWTH / 100,
		      "%ld KiB grew to %ld", warm_kb, last_kb);
}
