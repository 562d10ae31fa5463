/* When two SIP URIs are the same (RFC 3261 19.1.4). The stack's parser has
 * already brought escapes to one form; it goes too far (%2B is not +), which
 * does no harm where a URI is not to be used twice. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/su_string.h>

static bool same_host(const char *a, const char *b)
{
	struct netaddr x, y;

	/* RFC 5954 4.2: IPv6 addresses are compared as numbers. */
	if (a && b && netaddr_parse(&x, a) == 0 && netaddr_parse(&y, b) == 0)
		return memcmp(&x, &y, sizeof(x)) == 0;
	return su_casematch(a, b);
}

static bool is_number(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0';
}

/* No port is not the same as the usual one. In a URN this is text. */
static bool same_port(const char *a, const char *b)
{
	if (a && b && is_number(a) && is_number(b))
		return strtoul(a, NULL, 10) == strtoul(b, NULL, 10);
	return su_casematch(a, b);
}

/* The parameters that count even where only one URI has them. */
static bool counts_alone(const char *name, size_t len)
{
	static const char *const names[] = {"transport", "user", "ttl",
					    "method", "maddr"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(names[i], name, len) == 0)
			return true;
	return false;
}

/* The parameter of that name, up to the next one; NULL: there is none. */
static const char *find(const char *params, const char *name, size_t len)
{
	while (params && *params) {
		size_t size = strcspn(params, ";");

		if (strcspn(params, "=;") == len &&
		    strncasecmp(params, name, len) == 0)
			return params;
		params += size + (params[size] == ';');
	}
	return NULL;
}

/* Does every parameter of `a` agree with `b`? */
static bool agrees(const char *a, const char *b)
{
	while (a && *a) {
		size_t size = strcspn(a, ";"), len = strcspn(a, "=;");
		const char *other = find(b, a, len);

		if (other ? strcspn(other, ";") != size ||
				    strncasecmp(other, a, size) != 0
			  : counts_alone(a, len))
			return false;
		a += size + (a[size] == ';');
	}
	return true;
}

/* Headers are not looked at: a Request-URI has none, and those of a Contact
 * are not followed. */
bool uri_equal(const url_t *a, const url_t *b)
{
	return a->url_type == b->url_type &&
	       su_casematch(a->url_scheme, b->url_scheme) &&
	       su_strmatch(a->url_user, b->url_user) &&
	       su_strmatch(a->url_path, b->url_path) &&
	       su_strmatch(a->url_password, b->url_password) &&
	       same_host(a->url_host, b->url_host) &&
	       same_port(a->url_port, b->url_port) &&
	       agrees(a->url_params, b->url_params) &&
	       agrees(b->url_params, a->url_params);
}

static const url_t *read_uri(su_home_t *home, const char *text)
{
	size_t len;
	char *bare;

	text += *text == '<';
	len = strcspn(text, ">");
	bare = su_strndup(home, text, (isize_t)len);
	return bare ? url_make(home, bare) : NULL;
}

bool sip_uri_same(const char *a, const char *b)
{
	su_home_t home[1] = {SU_HOME_INIT(home)};
	const url_t *x, *y;
	bool same;

	su_home_init(home);
	x = read_uri(home, a);
	y = read_uri(home, b);
	same = x && y && uri_equal(x, y);
	su_home_deinit(home);
	return same;
}
