#ifndef FETCH_SUITES_H
#define FETCH_SUITES_H

#include <check.h>

Suite *fetch_suite(void);
Suite *resolve_suite(void);

#endif
