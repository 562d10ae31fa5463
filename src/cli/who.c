/* Who runs this: see who.h. */
#include "who.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *who(void)
{
	static char number[24];
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *user;

	/* Only root could have come so; anybody can set a variable. */
	if (getuid() == 0 && sudo && *sudo)
		return sudo;
	user = getpwuid(getuid());
	if (user)
		return user->pw_name;
	snprintf(number, sizeof(number), "uid %u", (unsigned)getuid());
	return number;
}
