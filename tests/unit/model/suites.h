#ifndef UNIT_MODEL_SUITES_H
#define UNIT_MODEL_SUITES_H

#include <check.h>

Suite *number_suite(void);
Suite *validity_suite(void);
Suite *number_key_suite(void);
Suite *verdict_suite(void);

#endif
