#ifndef UNIT_REPORTS_SUITES_H
#define UNIT_REPORTS_SUITES_H

#include <check.h>

Suite *report_suite(void);
Suite *token_suite(void);
Suite *counts_suite(void);
Suite *calls_suite(void);
Suite *complaints_suite(void);

#endif
