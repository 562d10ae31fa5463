/* Numbers that look like some and can be nobody's: by the rules of the North
 * American plan, by the length of numbers in their country, by what codes are
 * in use. What a table does not know may be new, so it is told apart from what
 * no table can ever have. */
#include "callsieve/model/number.h"

#include <stdlib.h>
#include <string.h>

#include "assigned.h"

static bool is_n11(const char *digits)
{
	return digits[1] == '1' && digits[2] == '1';
}

static bool is_any(const char *digits, const char *const list[])
{
	for (; *list; list++)
		if (strncmp(digits, *list, strlen(*list)) == 0)
			return true;
	return false;
}

static int by_area(const void *key, const void *entry)
{
	return *(const int *)key - *(const uint16_t *)entry;
}

static bool is_area(const char *digits)
{
	int area = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 +
		   (digits[2] - '0');

	return bsearch(&area, assigned_areas, assigned_areas_count,
		       sizeof(assigned_areas[0]), by_area) != NULL;
}

/* Reserved for longer area codes, all N9X and these blocks. */
static bool is_reserved_area(const char *digits)
{
	static const char *const blocks[] = {"37", "96", NULL};

	return digits[1] == '9' || is_any(digits, blocks);
}

/* Nobody's area: for persons, machines, the government's emergency service. */
static bool is_special_area(const char *digits)
{
	static const char *const codes[] = {"600", "622", "633", "644",
					    "655", "677", "688", "700",
					    "710", "900", NULL};

	return is_any(digits, codes);
}

static bool is_toll_free(const char *digits)
{
	return digits[0] == '8' && digits[1] == digits[2];
}

/* `digits`: the ten after +1. */
static enum number_validity north_american(const char *digits,
					   const char **whyp)
{
	const char *exchange = digits + 3;

	if (is_n11(digits) || is_reserved_area(digits)) {
		*whyp = "no area code is like that";
		return NUMBER_INVALID;
	}
	if (exchange[0] < '2' || (is_n11(exchange) && !is_toll_free(digits) &&
				  !is_special_area(digits))) {
		*whyp = "no exchange is like that";
		return NUMBER_INVALID;
	}
	if (strncmp(exchange, "5551212", 7) == 0) {
		*whyp = "directory assistance does not call";
		return NUMBER_INVALID;
	}
	if (!is_area(digits) && !is_toll_free(digits) &&
	    !is_special_area(digits)) {
		*whyp = "nobody has this area code";
		return NUMBER_UNALLOCATED;
	}
	if (strncmp(exchange, "55501", 5) == 0) {
		*whyp = "kept for films and examples";
		return NUMBER_FICTITIOUS;
	}
	return NUMBER_POSSIBLE;
}

static int by_code(const void *key, const void *entry)
{
	return *(const int *)key -
	       ((const struct assigned_country *)entry)->code;
}

/* No country code is the beginning of another. */
static const struct assigned_country *country_of(const char *digits,
						 size_t *lenp)
{
	const struct assigned_country *found = NULL;
	int code = 0;

	for (*lenp = 0; !found && *lenp < 3 && digits[*lenp];) {
		code = code * 10 + digits[(*lenp)++] - '0';
		found = bsearch(&code, assigned_countries,
				assigned_countries_count,
				sizeof(assigned_countries[0]), by_code);
	}
	return found;
}

enum number_validity number_validity(const struct number *number,
				     const char **whyp)
{
	const struct assigned_country *country;
	const char *digits = number->text + 1;
	size_t len, code_len;

	*whyp = "";
	if (number->kind != NUMBER_E164)
		return NUMBER_POSSIBLE;
	len = strlen(digits);
	country = country_of(digits, &code_len);
	if (!country) {
		*whyp = "nobody has this country code";
		return NUMBER_UNALLOCATED;
	}
	if (!(country->lengths >> (len - code_len) & 1)) {
		*whyp = "numbers of this country are not as long or short";
		return NUMBER_INVALID;
	}
	return country->code == 1 ? north_american(digits + 1, whyp)
				  : NUMBER_POSSIBLE;
}
