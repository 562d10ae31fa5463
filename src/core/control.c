#include "callsieve/core/control.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

int control_address(struct sockaddr_un *address, const char *database)
{
	int len;

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	len = snprintf(address->sun_path, sizeof(address->sun_path),
		       "%s" CONTROL_SUFFIX, database);
	return (size_t)len >= sizeof(address->sun_path) ? -ENAMETOOLONG : 0;
}
