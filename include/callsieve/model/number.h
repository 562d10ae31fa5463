/* A telephone number as SIP, people and files write it, brought to one form.
 * Storage form is +E164 (RFC 3966 5.1.4). No I/O, no allocation. */
#ifndef CALLSIEVE_MODEL_NUMBER_H
#define CALLSIEVE_MODEL_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "+" and at most 15 digits (E.164), and the NUL; local numbers likewise. */
#define NUMBER_TEXT 17

enum number_kind {
	NUMBER_NONE,	  /* none given: empty, "unavailable", "unknown" */
	NUMBER_ANONYMOUS, /* withheld by choice (RFC 3323, RFC 5079 3) */
	NUMBER_E164,
	NUMBER_LOCAL,	  /* short or service code: means nothing elsewhere */
	NUMBER_MALFORMED, /* digits that can be no telephone number */
};

const char *number_kind_name(enum number_kind kind);

struct number {
	enum number_kind kind;
	char text[NUMBER_TEXT]; /* "+12025550123", "911"; "" if not a number */
};

/* How people of one country dial. */
struct numbering {
	char country[4];	  /* "1", "44" */
	char international[5];	  /* "011", "00", "0011" */
	char national[3];	  /* trunk prefix: "1", "0", "" */
	uint8_t nsn_min, nsn_max; /* digits of a national number */
};

/* -EINVAL if `country` is not one to three digits of a country code. */
int numbering_for_country(struct numbering *plan, const char *country);

/* Can anybody have a number that is well written? */
enum number_validity {
	NUMBER_POSSIBLE,    /* and what is no NUMBER_E164 */
	NUMBER_INVALID,	    /* by the rules of its plan */
	NUMBER_UNALLOCATED, /* country or area code not in use, as far as known */
	NUMBER_FICTITIOUS,  /* 555-0100 to 555-0199, for films and examples */
};

/* *whyp: static, in words; "" where it is possible. */
enum number_validity number_validity(const struct number *number,
				     const char **whyp);

/* From what a person, a file or a SIP user part wrote; "tel:" and "sip:" are
 * understood too. Never fails: what cannot be understood is NUMBER_MALFORMED.
 */
void number_parse(struct number *number, const char *text, size_t len,
		  const struct numbering *plan);

/* From a sip:, sips: or tel: URI as it stands on the wire: unescapes,
 * cuts parameters (";npdi", ";rn="), honours phone-context as a label (RFC
 * 3966 5.1.5), knows the anonymous URIs. A SIP user that is a name, and a URI
 * of another scheme, is NUMBER_NONE. */
void number_from_uri(struct number *number, const char *uri, size_t len,
		     const struct numbering *plan);

/* An exact number or a prefix, packed: comparing keys compares numbers. The
 * upper NUMBER_KEY_SPARE bits are always clear, for whoever stores keys.
 * 0 when the number is not NUMBER_E164. */
#define NUMBER_KEY_SPARE 12
typedef uint64_t number_key;
number_key number_key_exact(const struct number *number);

/* The key of the first `digits` digits, as a prefix (never equal to an exact
 * key); 0 when the number has fewer, and for no digits. */
number_key number_key_prefix(const struct number *number, unsigned digits);
unsigned number_digits(const struct number *number);

/* Both at once: the exact key is returned, prefixes[n] is that of the first n
 * digits. 0 when the number is not NUMBER_E164. */
number_key number_keys(const struct number *number,
		       number_key prefixes[NUMBER_TEXT - 1], unsigned *digitsp);

/* "+12025550123" -> exact, "+1900*" -> prefix; only stored form. -EINVAL. An
 * exact pattern is what number_parse() would make NUMBER_E164. */
int number_pattern_key(number_key *keyp, const char *pattern);
bool number_key_is_prefix(number_key key);

/* The stored form of a key: "+1900*". Returns buf. */
const char *number_key_print(char buf[NUMBER_TEXT + 1], number_key key);

/* How a number is printed in logs: whole, or its last four digits as 'x' when
 * masking is on; the kind of what is no number ("anonymous"). Returns buf. */
void number_set_masking(bool on);
const char *number_log(char buf[NUMBER_TEXT], const struct number *number);

#endif
