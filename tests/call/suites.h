#ifndef CALL_SUITES_H
#define CALL_SUITES_H

#include <check.h>
#include <stdbool.h>

Suite *peer_suite(void);

#endif
