#ifndef UNIT_LISTS_SUITES_H
#define UNIT_LISTS_SUITES_H

#include <check.h>

Suite *builder_suite(void);
Suite *index_suite(void);
Suite *classes_suite(void);
Suite *lists_suite(void);
Suite *normalised_suite(void);
Suite *range_suite(void);

#endif
