#ifndef UNIT_STORE_SUITES_H
#define UNIT_STORE_SUITES_H

#include <check.h>

Suite *open_suite(void);
Suite *statement_suite(void);
Suite *replaced_suite(void);
Suite *worker_suite(void);
Suite *lists_schema_suite(void);
Suite *paste_suite(void);
Suite *changes_suite(void);

#endif
