#ifndef REPUTATION_SUITES_H
#define REPUTATION_SUITES_H

#include <check.h>

Suite *breaker_suite(void);
Suite *cache_suite(void);
Suite *files_suite(void);
Suite *grammar_suite(void);
Suite *map_suite(void);
Suite *rep_suite(void);
Suite *rep_failure_suite(void);
Suite *target_suite(void);

#endif
