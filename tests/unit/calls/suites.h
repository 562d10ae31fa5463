#ifndef UNIT_CALLS_SUITES_H
#define UNIT_CALLS_SUITES_H

#include <check.h>

Suite *calls_suite(void);
Suite *explanation_suite(void);

#endif
