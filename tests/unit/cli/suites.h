#ifndef CLI_SUITES_H
#define CLI_SUITES_H

#include <check.h>

Suite *command_line_suite(void);
Suite *token_suite(void);
Suite *records_suite(void);
Suite *replay_suite(void);
Suite *import_suite(void);
Suite *list_suite(void);
Suite *man_suite(void);

#endif
