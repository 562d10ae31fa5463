#ifndef UNIT_CORE_SUITES_H
#define UNIT_CORE_SUITES_H

#include <check.h>

Suite *netaddr_suite(void);

#endif
