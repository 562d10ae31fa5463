#ifndef HISTORY_SUITES_H
#define HISTORY_SUITES_H

#include <check.h>

Suite *history_suite(void);
Suite *keep_suite(void);
Suite *tries_suite(void);

#endif
