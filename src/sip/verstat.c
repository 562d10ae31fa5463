/* Says who checked the caller's number, and what came of it (3GPP TS 24.229
 * 7.2A.20). It stands with the number: among the parameters of a tel URI, in
 * the user part of a SIP URI, and is seen in other places too. */
#include "internal.h"

#include <ctype.h>
#include <string.h>

#include <sofia-sip/sip_extra.h>
#include <sofia-sip/su_string.h>

static const char name[] = "verstat";

void verstat_strip(su_home_t *home, url_t *url)
{
	const char *params = url->url_user ? strchr(url->url_user, ';') : NULL;
	char *rest;

	if (url->url_params)
		url->url_params = url_strip_param_string(
			su_strdup(home, url->url_params), name);
	if (!params)
		return;
	rest = url_strip_param_string(su_strdup(home, params + 1), name);
	url->url_user = su_sprintf(home, "%.*s%s%s",
				   (int)(params - url->url_user), url->url_user,
				   rest && *rest ? ";" : "", rest ? rest : "");
}

/* What is no number cannot be validated. */
static void set(su_home_t *home, url_t *url, const char *value)
{
	const char *user = url->url_user, *params;

	verstat_strip(home, url);
	params = url->url_params;
	if (!user || (*user != '+' && !isdigit((unsigned char)*user)))
		return;
	if (url->url_type == url_tel)
		url->url_params =
			su_sprintf(home, "%s%s%s=%s", params ? params : "",
				   params && *params ? ";" : "", name, value);
	else
		url->url_user = su_sprintf(home, "%s;%s=%s", url->url_user,
					   name, value);
}

static void set_one(su_home_t *home, sip_p_asserted_identity_t *paid,
		    const char *value)
{
	set(home, paid->paid_url, value);
}

int verstat_set(msg_t *msg, const char *value)
{
	sip_from_t *from = sip_object(msg)->sip_from;

	msg_header_remove_param(from->a_common, name);
	set(msg_home(msg), from->a_url, value);
	msg_fragment_clear(from->a_common);
	return asserted_change(msg, set_one, value);
}
