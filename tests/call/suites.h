#ifndef CALL_SUITES_H
#define CALL_SUITES_H

#include <check.h>
#include <stdbool.h>

Suite *peer_suite(void);
Suite *bridge_suite(void);
Suite *headers_suite(void);
Suite *trust_suite(void);
Suite *transparent_suite(void);
Suite *answers_suite(void);
Suite *cancel_suite(void);
Suite *prack_suite(void);
Suite *within_suite(void);
Suite *reinvite_suite(void);
Suite *transfer_suite(void);
Suite *ending_suite(void);
Suite *requests_suite(void);
Suite *loops_suite(void);
Suite *session_suite(void);
Suite *expiry_suite(void);
Suite *malformed_suite(void);
Suite *torture_suite(void);
Suite *stack_suite(void);
Suite *transport_suite(void);
Suite *tls_suite(void);
Suite *failover_suite(void);
Suite *gateways_suite(void);
Suite *redirect_suite(void);
Suite *names_suite(void);
Suite *screening_suite(void);
Suite *reputation_suite(void);
Suite *reports_suite(void);
Suite *records_suite(void);
Suite *admission_suite(void);
Suite *bypass_suite(void);
Suite *lifecycle_suite(void);
Suite *timers_suite(void);
Suite *slow_ack_suite(void);
Suite *slow_offer_suite(void);
Suite *slow_reinvite_suite(void);
Suite *slow_info_suite(void);
Suite *slow_bye_suite(void);
Suite *slow_invite_suite(void);
Suite *slow_cancel_suite(void);

#endif
