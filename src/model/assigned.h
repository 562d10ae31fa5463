/* The tables in assigned.c, which is generated; both in ascending order. */
#ifndef MODEL_ASSIGNED_H
#define MODEL_ASSIGNED_H

#include <stddef.h>
#include <stdint.h>

struct assigned_country {
	uint16_t code;
	uint32_t lengths; /* bit n: national numbers may have n digits */
};

extern const struct assigned_country assigned_countries[];
extern const size_t assigned_countries_count;

/* Of North America. */
extern const uint16_t assigned_areas[];
extern const size_t assigned_areas_count;

#endif
