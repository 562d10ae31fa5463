/* The resources, one file each; listed in router.c. */
#ifndef API_RESOURCES_H
#define API_RESOURCES_H

#include "request.h"

handler_h reports_post;
handler_h reputation_get;
handler_h healthz_get;
handler_h readyz_get;
handler_h redress_get;
handler_h certificate_get;
handler_h metrics_get;

#endif
