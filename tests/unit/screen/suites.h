#ifndef SCREEN_SUITES_H
#define SCREEN_SUITES_H

#include <check.h>

Suite *detail_suite(void);
Suite *greylist_suite(void);
Suite *screen_suite(void);
Suite *ask_suite(void);
Suite *signals_suite(void);
Suite *evidence_suite(void);
Suite *standing_suite(void);
Suite *explanation_suite(void);
Suite *response_suite(void);

#endif
