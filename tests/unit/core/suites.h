#ifndef UNIT_CORE_SUITES_H
#define UNIT_CORE_SUITES_H

#include <check.h>

Suite *buf_suite(void);
Suite *bucket_suite(void);
Suite *clock_suite(void);
Suite *config_suite(void);
Suite *digest_suite(void);
Suite *handover_suite(void);
Suite *json_suite(void);
Suite *log_suite(void);
Suite *loop_suite(void);
Suite *metrics_suite(void);
Suite *netaddr_suite(void);
Suite *signature_suite(void);
Suite *switches_suite(void);
Suite *u64map_suite(void);
Suite *utf8_suite(void);
Suite *words_suite(void);

#endif
