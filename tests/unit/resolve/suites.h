#ifndef RESOLVE_SUITES_H
#define RESOLVE_SUITES_H

#include <check.h>

Suite *locate_suite(void);
Suite *records_suite(void);

#endif
