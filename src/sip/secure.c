/* TLS: our certificates, and the contexts of the listeners.
 *
 * The stack makes an OpenSSL context for each TLS listener and gives nobody
 * access to it. What it would read into it is one certificate without a chain;
 * it can ask for no client certificate without insisting on one, and never
 * reads its files again. But OpenSSL tells who asks of each context made. So we
 * catch the stack's context in the making and set it up ourselves. Set up again
 * on a reload, it has the new certificate for new connections, and those that
 * are open keep theirs. */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/log.h"
#include "callsieve/core/metrics.h"
#include "secure.h"

static _Thread_local SSL_CTX *caught;

static void on_context(void *parent, void *data, CRYPTO_EX_DATA *ad, int index,
		       long argl, void *argp)
{
	(void)data;
	(void)ad;
	(void)index;
	(void)argl;
	(void)argp;
	caught = parent;
}

/* What of a context leads to its listener. */
int secure_context_index(void)
{
	static int index = -1;

	if (index < 0)
		index = SSL_CTX_get_ex_new_index(0, NULL, on_context, NULL,
						 NULL);
	return index;
}

/* Upstream's stack makes no context unless there is a file of certificates by
 * the name it knows. So we give it a directory for the moment. What is read
 * from there is replaced at once. */
int secure_begin(char directory[SECURE_PATH], const char *certificate)
{
	char path[SECURE_PATH + 16];
	char *target = realpath(certificate, NULL);

	snprintf(directory, SECURE_PATH, "/tmp/callsieve-XXXXXX");
	if (!target || !mkdtemp(directory)) {
		free(target);
		return -errno;
	}
	snprintf(path, sizeof(path), "%s/cafile.pem", directory);
	if (symlink(target, path) < 0)
		log_debug("cannot link %s: %s", path, strerror(errno));
	free(target);
	secure_context_index();
	caught = NULL;
	return 0;
}

int secure_end(struct listener *listener, const char *directory, int err)
{
	char path[SECURE_PATH + 16];

	snprintf(path, sizeof(path), "%s/cafile.pem", directory);
	unlink(path);
	rmdir(directory);
	ERR_clear_error();
	if (err)
		return err;
	if (!caught)
		return -EPROTO;
	SSL_CTX_up_ref(caught);
	listener->tls = caught;
	return SSL_CTX_set_ex_data(caught, secure_context_index(), listener)
		       ? 0
		       : -ENOMEM;
}

void secure_close(struct listener *listener)
{
	SSL_CTX_free(listener->tls);
	listener->tls = NULL;
}

/* Of the first error, which the later ones follow from. */
static void report(struct buf *errors, const char *kind, const char *name,
		   const char *option, const char *path)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);

	if (ERR_SYSTEM_ERROR(code))
		reason = strerror(ERR_GET_REASON(code));
	buf_printf(errors, "%s \"%s\": %s %s: %s\n", kind, name, option, path,
		   reason ? reason : "not usable");
	ERR_clear_error();
}

/* No prompt on a terminal: a key that needs a passphrase cannot be read. */
static int no_passphrase(char *text, int size, int writing, void *arg)
{
	(void)text;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static bool load_ca(SSL_CTX *context, const char *path)
{
	STACK_OF(X509_NAME) * names;

	if (SSL_CTX_load_verify_file(context, path) != 1)
		return false;
	names = SSL_load_client_CA_file(path);
	if (!names)
		return false;
	SSL_CTX_set_client_CA_list(context, names);
	return true;
}

/* A context that is never used itself, but holds what the stack's shall. */
static SSL_CTX *load_listen(const struct config_listen *config,
			    struct buf *errors)
{
	SSL_CTX *model = SSL_CTX_new(TLS_method());
	const char *key = config->key ? config->key : config->certificate;

	if (!model) {
		report(errors, "listen", config->name, "tls", "");
		return NULL;
	}
	SSL_CTX_set_default_passwd_cb(model, no_passphrase);
	if (SSL_CTX_use_certificate_chain_file(model, config->certificate) != 1)
		report(errors, "listen", config->name, "certificate",
		       config->certificate);
	else if (SSL_CTX_use_PrivateKey_file(model, key, SSL_FILETYPE_PEM) != 1)
		report(errors, "listen", config->name, "key", key);
	else if (config->client_ca && !load_ca(model, config->client_ca))
		report(errors, "listen", config->name, "client_ca",
		       config->client_ca);
	else
		return model;
	SSL_CTX_free(model);
	return NULL;
}

static X509_STORE *load_gateway(const struct config_gateway *config,
				struct buf *errors)
{
	X509_STORE *store = X509_STORE_new();

	if (store &&
	    (config->tls_ca ? X509_STORE_load_file(store, config->tls_ca)
			    : X509_STORE_set_default_paths(store)) == 1)
		return store;
	report(errors, "gateway", config->name, "tls_ca",
	       config->tls_ca ? config->tls_ca : "of the system");
	X509_STORE_free(store);
	return NULL;
}

/* Of a name without a transport DNS decides, among those we have. */
static bool may_use_tls(const struct config *config,
			const struct config_gateway *gateway)
{
	for (size_t i = 0; gateway->any_transport && i < config->listens_count;
	     i++)
		if (config->listens[i].transports[TRANSPORT_TLS])
			return true;
	return gateway->transport == TRANSPORT_TLS;
}

void secure_files_free(struct secure_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->listens_count; i++)
		SSL_CTX_free(files->listens[i]);
	for (size_t i = 0; i < files->gateways_count; i++)
		X509_STORE_free(files->gateways[i]);
	free(files->listens);
	free(files->gateways);
	free(files);
}

static struct secure_files *files_new(const struct config *config)
{
	struct secure_files *files = calloc(1, sizeof(*files));

	if (!files)
		return NULL;
	files->listens =
		calloc(config->listens_count + 1, sizeof(*files->listens));
	files->gateways =
		calloc(config->gateways_count + 1, sizeof(*files->gateways));
	files->listens_count = config->listens_count;
	files->gateways_count = config->gateways_count;
	if (files->listens && files->gateways)
		return files;
	files->listens_count = files->gateways_count = 0;
	secure_files_free(files);
	return NULL;
}

struct secure_files *secure_load(const struct config *config,
				 struct buf *errors)
{
	struct secure_files *files = files_new(config);
	bool good = files != NULL;

	for (size_t i = 0; files && i < config->listens_count; i++) {
		if (!config->listens[i].transports[TRANSPORT_TLS])
			continue;
		files->listens[i] = load_listen(&config->listens[i], errors);
		good = good && files->listens[i];
	}
	for (size_t i = 0; files && i < config->gateways_count; i++) {
		if (!may_use_tls(config, &config->gateways[i]))
			continue;
		files->gateways[i] = load_gateway(&config->gateways[i], errors);
		good = good && files->gateways[i];
	}
	ERR_clear_error();
	if (good)
		return files;
	secure_files_free(files);
	return NULL;
}

/* A context keeps one certificate for each type of key, and none can be taken
 * from it: the old one would stay in use beside a new one of another type. */
static bool same_type(SSL_CTX *context, SSL_CTX *model)
{
	EVP_PKEY *old = SSL_CTX_get0_privatekey(context);
	EVP_PKEY *new = SSL_CTX_get0_privatekey(model);

	return !old || EVP_PKEY_get_base_id(old) == EVP_PKEY_get_base_id(new);
}

static time_t not_after(const X509 *certificate)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) != 1)
		return 0;
	return timegm(&tm);
}

static void note_certificate(const struct listener *listener, SSL_CTX *context)
{
	time_t until = not_after(SSL_CTX_get0_certificate(context));
	int64_t first = metric_get(METRIC_TLS_NOT_AFTER);
	char text[32] = "";
	struct tm tm;

	if (gmtime_r(&until, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	log_info("listen=%s event=certificate not_after=%s", listener->name,
		 text);
	if (!first || until < first)
		metric_set(METRIC_TLS_NOT_AFTER, until);
}

static void set_certificate(SSL_CTX *context, SSL_CTX *model)
{
	STACK_OF(X509) *chain = NULL;

	SSL_CTX_get0_chain_certs(model, &chain);
	if (SSL_CTX_use_cert_and_key(context, SSL_CTX_get0_certificate(model),
				     SSL_CTX_get0_privatekey(model), chain,
				     1) != 1)
		log_error("event=tls-error the certificate cannot be used");
}

/* Sessions are not resumed: that would skip the check of a certificate that
 * may have been withdrawn, and connections of trunks live long. */
static void set_context(const struct listener *listener,
			const struct config_listen *config, SSL_CTX *model)
{
	SSL_CTX *context = listener->tls;

	set_certificate(context, model);
	SSL_CTX_clear_options(context, SSL_OP_NO_TLSv1_2 | SSL_OP_NO_TLSv1_3);
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION |
					     SSL_OP_NO_TICKET |
					     SSL_OP_NO_COMPRESSION |
					     SSL_OP_IGNORE_UNEXPECTED_EOF |
					     SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set1_cert_store(context, SSL_CTX_get_cert_store(model));
	SSL_CTX_set_client_CA_list(
		context, SSL_dup_CA_list(SSL_CTX_get_client_CA_list(model)));
	secure_expect_clients(context, config->client_certificate);
	note_certificate(listener, context);
}

/* Whether `files` can be taken over; then they can without fail. */
int secure_check(const struct sip *sip, const struct secure_files *files,
		 struct buf *errors)
{
	for (size_t i = 0; i < sip->listeners_count; i++) {
		const struct listener *listener = &sip->listeners[i];

		if (!listener->tls ||
		    same_type(listener->tls, files->listens[i]))
			continue;
		buf_printf(errors,
			   "listen \"%s\": the type of the key cannot change "
			   "while running: restart for that\n",
			   listener->name);
		return -EINVAL;
	}
	return 0;
}

/* Takes `files` over. */
void secure_configure(struct sip *sip, const struct config *config,
		      struct secure_files *files)
{
	metric_set(METRIC_TLS_NOT_AFTER, 0);
	for (size_t i = 0; i < sip->listeners_count; i++)
		if (sip->listeners[i].tls)
			set_context(&sip->listeners[i], &config->listens[i],
				    files->listens[i]);
	ERR_clear_error();
	secure_files_free(sip->secure);
	sip->secure = files;
}
