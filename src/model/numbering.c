/* How the countries dial: only what decides whether digits without a "+" are
 * an international, a national or a local number. No list of allocated
 * numbers. From the ITU's "Dialling procedures" and national numbering plans.
 */
#include "callsieve/model/number.h"

#include <errno.h>
#include <string.h>

/* Italy and others dial their numbers whole, a leading zero included. */
static const struct numbering plans[] = {
	/* cc, international, national, national number's digits */
	{"1", "011", "1", 10, 10},  {"7", "810", "8", 10, 10},
	{"27", "00", "0", 9, 9},    {"30", "00", "", 10, 10},
	{"31", "00", "0", 9, 9},    {"32", "00", "0", 8, 9},
	{"33", "00", "0", 9, 9},    {"34", "00", "", 9, 9},
	{"36", "00", "06", 8, 9},   {"39", "00", "", 6, 10},
	{"41", "00", "0", 9, 9},    {"43", "00", "0", 5, 13},
	{"44", "00", "0", 9, 10},   {"45", "00", "", 8, 8},
	{"46", "00", "0", 7, 10},   {"47", "00", "", 8, 8},
	{"48", "00", "", 9, 9},	    {"49", "00", "0", 5, 13},
	{"52", "00", "", 10, 10},   {"55", "00", "0", 10, 11},
	{"61", "0011", "0", 9, 10}, {"64", "00", "0", 8, 10},
	{"65", "001", "", 8, 8},    {"81", "010", "0", 9, 10},
	{"82", "001", "0", 8, 10},  {"86", "00", "0", 9, 11},
	{"91", "00", "0", 10, 10},  {"351", "00", "", 9, 9},
	{"353", "00", "0", 7, 9},   {"358", "00", "0", 5, 12},
	{"420", "00", "", 9, 9},    {"852", "001", "", 8, 8},
};

static bool is_country_code(const char *text)
{
	size_t len = strspn(text, "0123456789");

	/* No country code begins with 0 (E.164 6.2.1). */
	return len >= 1 && len <= 3 && !text[len] && text[0] != '0';
}

int numbering_for_country(struct numbering *plan, const char *country)
{
	size_t i;

	if (!is_country_code(country))
		return -EINVAL;
	for (i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
		if (!strcmp(plans[i].country, country)) {
			*plan = plans[i];
			return 0;
		}
	}
	*plan = (struct numbering){.international = "00",
				   .national = "0",
				   .nsn_min = 5,
				   .nsn_max = 12};
	strcpy(plan->country, country);
	return 0;
}
