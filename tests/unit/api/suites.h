#ifndef API_SUITES_H
#define API_SUITES_H

#include <check.h>

Suite *rate_suite(void);
Suite *router_suite(void);
Suite *fields_suite(void);
Suite *http_suite(void);
Suite *reports_suite(void);
Suite *reputation_suite(void);
Suite *database_suite(void);

#endif
