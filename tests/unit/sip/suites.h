#ifndef SIP_SUITES_H
#define SIP_SUITES_H

#include <check.h>

Suite *recent_suite(void);
Suite *identifier_suite(void);
Suite *admit_suite(void);
Suite *choose_suite(void);
Suite *backlog_suite(void);
Suite *guard_suite(void);
Suite *scripts_suite(void);
Suite *call_id_suite(void);
Suite *uri_suite(void);

#endif
