/* Shared by history.c, which knows what is counted, and keep.c, which only
 * keeps it. */
#ifndef HISTORY_INTERNAL_H
#define HISTORY_INTERNAL_H

#include "tables.h"

struct history {
	struct subjects subjects;
	struct pairs pairs;
};

#endif
