/* TLS: who is at the other end. What a certificate must be rooted in is told
 * to OpenSSL; what name it must have is checked here, by RFC 5922: a DNS name,
 * an address or a sip: URI, no wildcards. */
#include "internal.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "callsieve/core/clock.h"
#include "callsieve/core/log.h"
#include "secure.h"

/* Of the server that we connect to. */
struct expected {
	X509_STORE *store; /* NULL: nobody may be there */
	char **names;
	size_t names_count;
	const char *name; /* instead of `names` */
	char host[NETADDR_TEXT];
};

static const struct listener *listener_behind(const SSL *ssl)
{
	return SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl),
				   secure_context_index());
}

static bool peer_of(const SSL *ssl, struct netaddr *addr, uint16_t *portp)
{
	su_sockaddr_t su;
	socklen_t len = sizeof(su);

	if (getpeername(SSL_get_fd(ssl), &su.su_sa, &len) < 0)
		return false;
	netaddr_from_sockaddr(addr, &su.su_sa);
	*portp = ntohs(su.su_port);
	return true;
}

static const struct config_gateway *gateway_at(const struct sip *sip,
					       const struct netaddr *addr,
					       uint16_t port)
{
	const struct gateway *gateway;
	const struct target *target;

	SLIST_FOREACH (gateway, &sip->gateways, link)
		LIST_FOREACH (target, &gateway->targets, link)
			if (gateway->config && target->port == port &&
			    target->transport == TRANSPORT_TLS &&
			    memcmp(&target->addr, addr, sizeof(*addr)) == 0)
				return gateway->config;
	return NULL;
}

/* A gateway, or a caller whose own connection is gone. We connect to nobody
 * else: there is no name that their certificate could be held to. */
static void expect(const SSL *ssl, struct expected *expected)
{
	const struct listener *listener = listener_behind(ssl);
	const struct sip *sip = listener->sip;
	const struct config_gateway *gateway;
	const struct config_trunk *trunk;
	struct netaddr addr;
	uint16_t port;

	*expected = (struct expected){0};
	if (!peer_of(ssl, &addr, &port))
		return;
	netaddr_print(expected->host, &addr);
	gateway = gateway_at(sip, &addr, port);
	trunk = config_trunk_for(sip->config, &addr);
	if (gateway) {
		expected->store =
			sip->secure->gateways[gateway - sip->config->gateways];
		/* RFC 5922 7.1: the domain that was looked up, not what that
		 * led to. */
		expected->name = gateway->tls_name ? gateway->tls_name
				 : gateway->domain ? gateway->domain
						   : expected->host;
	} else if (trunk) {
		expected->store = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(ssl));
		expected->names = trunk->tls_subjects;
		expected->names_count = trunk->tls_subjects_count;
		if (!expected->names_count)
			expected->name = expected->host;
	}
}

static bool is_sip_uri(const ASN1_IA5STRING *uri, const char *name)
{
	const char *text = (const char *)ASN1_STRING_get0_data(uri);
	size_t len = (size_t)ASN1_STRING_length(uri);

	return len == strlen(name) + 4 && strncasecmp(text, "sip:", 4) == 0 &&
	       strncasecmp(text + 4, name, len - 4) == 0;
}

static bool has_sip_uri(X509 *certificate, const char *name)
{
	GENERAL_NAMES *names =
		X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *at = sk_GENERAL_NAME_value(names, i);

		found = at->type == GEN_URI &&
			is_sip_uri(at->d.uniformResourceIdentifier, name);
	}
	GENERAL_NAMES_free(names);
	return found;
}

static bool has_name(X509 *certificate, const char *name)
{
	return X509_check_ip_asc(certificate, name, 0) == 1 ||
	       X509_check_host(certificate, name, 0,
			       X509_CHECK_FLAG_NO_WILDCARDS, NULL) == 1 ||
	       has_sip_uri(certificate, name);
}

static bool has_expected(X509 *certificate, const struct expected *expected)
{
	if (expected->name)
		return has_name(certificate, expected->name);
	for (size_t i = 0; i < expected->names_count; i++)
		if (has_name(certificate, expected->names[i]))
			return true;
	return false;
}

static int on_server_certificate(int good, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(
		store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct expected expected;

	expect(ssl, &expected);
	if (good && X509_STORE_CTX_get_error_depth(store) == 0 &&
	    !has_expected(X509_STORE_CTX_get_current_cert(store), &expected)) {
		X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
		good = 0;
	}
	if (!good)
		log_warn("peer=%s event=tls-refused error=\"%s\"",
			 expected.host,
			 X509_verify_cert_error_string(
				 X509_STORE_CTX_get_error(store)));
	return good;
}

/* Of clients: any stranger can be one. */
static struct log_limit refusals;

static int on_client_certificate(int good, X509_STORE_CTX *store)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(
		store, SSL_get_ex_data_X509_STORE_CTX_idx());
	char text[NETADDR_TEXT] = "";
	struct netaddr addr;
	unsigned long left_out;
	uint16_t port;

	if (good)
		return 1;
	if (!log_limit_pass(&refusals, now_mono_us(), &left_out))
		return 0;
	if (peer_of(ssl, &addr, &port))
		netaddr_print(text, &addr);
	log_warn("peer=%s event=tls-refused error=\"%s\" left_out=%lu", text,
		 X509_verify_cert_error_string(X509_STORE_CTX_get_error(store)),
		 left_out);
	return 0;
}

/* The context is the same for connections in and out. */
static void begin_client(SSL *ssl)
{
	struct expected expected;
	struct netaddr addr;

	expect(ssl, &expected);
	if (expected.store)
		SSL_set1_verify_cert_store(ssl, expected.store);
	SSL_set_verify(ssl, SSL_VERIFY_PEER, on_server_certificate);
	if (expected.name && netaddr_parse(&addr, expected.name) != 0)
		SSL_set_tlsext_host_name(ssl, expected.name);
}

/* Or does it only wait for more? */
static bool has_failed(const SSL *ssl, int ret)
{
	BIO *bio = SSL_want_write(ssl) ? SSL_get_wbio(ssl) : SSL_get_rbio(ssl);

	return ret <= 0 && (SSL_want_nothing(ssl) || !BIO_should_retry(bio));
}

static void client_failed(const SSL *ssl)
{
	const struct listener *listener = listener_behind(ssl);
	struct netaddr addr;
	uint16_t port;

	if (peer_of(ssl, &addr, &port))
		attempts_unreachable(listener->sip, &addr, port);
}

static void on_info(const SSL *ssl, int where, int ret)
{
	if (where == SSL_CB_CONNECT_EXIT && has_failed(ssl, ret))
		client_failed(ssl);
	if (where & SSL_CB_HANDSHAKE_START && !SSL_is_server(ssl) &&
	    SSL_get_state(ssl) == TLS_ST_BEFORE)
		begin_client((SSL *)ssl);
	if (where & SSL_CB_HANDSHAKE_DONE)
		connection_settled(SSL_get_fd(ssl));
}

void secure_expect_clients(SSL_CTX *context,
			   enum config_client_certificate asked)
{
	int mode = SSL_VERIFY_NONE;

	if (asked == CLIENT_CERTIFICATE_OPTIONAL)
		mode = SSL_VERIFY_PEER;
	if (asked == CLIENT_CERTIFICATE_REQUIRED)
		mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(context, mode, on_client_certificate);
	SSL_CTX_set_verify_depth(context, 8);
	SSL_CTX_set_info_callback(context, on_info);
}

/* Did `msg` come by a connection that its trunk is content with? */
bool secure_suits(const struct config_trunk *trunk, tport_t *transport,
		  const msg_t *msg)
{
	const su_strlst_t *subjects;

	if (!trunk->tls_subjects_count)
		return true;
	if (!tport_has_tls(transport) || !tport_is_verified(transport))
		return false;
	subjects = tport_delivered_from_subjects(transport, msg);
	for (size_t i = 0; subjects && i < trunk->tls_subjects_count; i++)
		if (tport_subject_search(trunk->tls_subjects[i], subjects))
			return true;
	return false;
}
