#ifndef UNIT_APP_SUITES_H
#define UNIT_APP_SUITES_H

#include <check.h>

Suite *challenge_suite(void);
Suite *used_suite(void);

#endif
