/* A small DNS server on loopback, on a thread of its own, that says what it
 * was told to. UDP only. */
#ifndef FAKE_DNS_H
#define FAKE_DNS_H

#include <stdint.h>

struct fake_dns;

enum fake_dns_way {
	DNS_ANSWER,
	DNS_SERVFAIL,
	DNS_SILENT,
	DNS_GARBAGE, /* the answer, cut off in the middle */
};

/* On a port of its own choice. -errno. */
int fake_dns_start(struct fake_dns **serverp, const char *address);
void fake_dns_stop(struct fake_dns *server);
uint16_t fake_dns_port(const struct fake_dns *server);
void fake_dns_set(struct fake_dns *server, enum fake_dns_way way);

/* A record, as zone files have it: fake_dns_add(server, "example", 60, "SRV",
 * "10 5 5060 sip.example"). Types: A, AAAA, CNAME, SRV, NAPTR (without quotes
 * and regexp: "10 20 s SIP+D2U _sip._udp.example"). "." is the root. */
void fake_dns_add(struct fake_dns *server, const char *name, unsigned ttl_s,
		  const char *type, const char *data);

/* Forgets all records. */
void fake_dns_clear(struct fake_dns *server);

/* Questions of that type so far; NULL: of all. */
unsigned fake_dns_questions(struct fake_dns *server, const char *type);

#endif
