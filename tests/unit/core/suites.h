#ifndef UNIT_CORE_SUITES_H
#define UNIT_CORE_SUITES_H

#include <check.h>

Suite *config_suite(void);
Suite *handover_suite(void);
Suite *netaddr_suite(void);
Suite *u64map_suite(void);

#endif
