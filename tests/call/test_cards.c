/* The signed cards that rejected callers find where a 608 says (RFC 8688). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "call/scene.h"
#include "call/suites.h"
#include "fake/cert.h"

#define SPAMMER "+12125550166"
#define URL	"https://callsieve.example/redress"

static void open_scene(struct scene *scene)
{
	struct scene_options options = {.trunk = "\tprofile = \"ietf\"\n"};
	static char sections[900];
	char pem[192];

	scene_init(scene, &options);
	cert_make(scene->daemon.dir, "cards", CERT(.subject = "cards"));
	cert_path(pem, scene->daemon.dir, "cards");
	snprintf(
		sections, sizeof(sections),
		"redress {\n\turl = \"" URL "\"\n\tkey = \"%s\"\n"
		"\tcertificate = \"%s\"\n\temail = \"desk@callsieve.example\"\n"
		"\ttel = \"+18005550100\"\n}\n",
		pem, pem);
	options.sections = sections;
	scene_configure(scene, &options);
	daemon_start(&scene->daemon);
	scene_block(scene, SPAMMER, 100);
}

/* The path of the card at our API, until the next. */
static const char *rejected(struct scene *scene)
{
	static char path[100];
	const struct message *answer;
	struct call call;
	const char *info;

	call_begin(&call, scene, SPAMMER, CALLEE,
		   PARTS(.headers = "Feature-Caps: *;+sip.608\r\n"));
	answer = dialog_expect_failure(&call.caller, 608);
	info = message_header(answer, "Call-Info", 0);
	claim(info && strncmp(info, "<" URL, strlen("<" URL)) == 0 &&
		      strstr(info, ".jws>;purpose=jwscard"),
	      "Call-Info is %s", info ? info : "missing");
	snprintf(path, sizeof(path), "/redress%.*s",
		 (int)strcspn(info + strlen("<" URL), ">"),
		 info + strlen("<" URL));
	return path;
}

/* Base64url to bytes; the length. */
static size_t decode(unsigned char *to, const char *text, size_t len)
{
	char padded[2000];
	size_t i;

	claim(len + 4 < sizeof(padded), "too long");
	for (i = 0; i < len; i++) {
		claim(text[i] != '=' && text[i] != '+' && text[i] != '/',
		      "not base64url: %s", text);
		padded[i] = text[i] == '-'   ? '+'
			    : text[i] == '_' ? '/'
					     : text[i];
	}
	for (; i % 4; i++)
		padded[i] = '=';
	claim(EVP_DecodeBlock(to, (unsigned char *)padded, (int)i) >= 0,
	      "not base64: %s", text);
	return len * 3 / 4;
}

static bool is_signed(const char *pem, const char *text, size_t len,
		      const unsigned char signature[64])
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	ECDSA_SIG *sig = ECDSA_SIG_new();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char *der = NULL;
	int size;
	bool ok;

	claim(cert != NULL, "no certificate in %s", pem);
	ECDSA_SIG_set0(sig, BN_bin2bn(signature, 32, NULL),
		       BN_bin2bn(signature + 32, 32, NULL));
	size = i2d_ECDSA_SIG(sig, &der);
	ok = EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL,
				  X509_get0_pubkey(cert)) == 1 &&
	     EVP_DigestVerify(context, der, (size_t)size,
			      (const unsigned char *)text, len) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(context);
	ECDSA_SIG_free(sig);
	X509_free(cert);
	BIO_free(bio);
	return ok;
}

/* Checks the whole of it; returns iat. */
static long check_card(struct scene *scene, const char *path)
{
	static const char jcard[] =
		"\"jcard\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"],"
		"[\"fn\",{},\"text\",\"Call blocking\"],"
		"[\"url\",{},\"uri\",\"" URL "\"],"
		"[\"email\",{},\"text\",\"desk@callsieve.example\"],"
		"[\"tel\",{},\"uri\",\"tel:+18005550100\"]]]}";
	const struct http_answer *answer =
		daemon_http(&scene->daemon, "GET", path, NULL, NULL);
	char jws[3000], text[2000];
	unsigned char bytes[2000];
	const char *payload, *signature;
	size_t len;

	claim_number(answer->status, 200);
	claim(strstr(answer->head, "application/jose") != NULL, "%s",
	      answer->head);
	snprintf(jws, sizeof(jws), "%s", answer->body);
	payload = strchr(jws, '.');
	signature = payload ? strchr(payload + 1, '.') : NULL;
	claim(signature && strlen(signature + 1) == 86, "no JWS: %s", jws);

	len = decode(bytes, jws, (size_t)(payload - jws));
	snprintf(text, sizeof(text), "%.*s", (int)len, bytes);
	claim_text(text, "{\"alg\":\"ES256\",\"typ\":\"vcard+json\","
			 "\"x5u\":\"" URL "/certificate.pem\"}");

	len = decode(bytes, signature + 1, 86);
	claim_number((long)len, 64);
	answer = daemon_http(&scene->daemon, "GET", "/redress/certificate.pem",
			     NULL, NULL);
	claim_number(answer->status, 200);
	claim(!strstr(answer->body, "PRIVATE"), "it gives the key away");
	claim(is_signed(answer->body, jws, (size_t)(signature - jws), bytes),
	      "the signature does not hold");

	len = decode(bytes, payload + 1, (size_t)(signature - payload - 1));
	snprintf(text, sizeof(text), "%.*s", (int)len, bytes);
	claim(strncmp(text, "{\"iat\":", 7) == 0 && strstr(text, jcard),
	      "payload is %s", text);
	return atol(text + 7);
}

/* checks 51, 52, 53 */
START_TEST(card_is_signed_and_of_its_time)
{
	struct scene scene;
	char path[100];
	long now = time(NULL), iat;

	open_scene(&scene);
	strcpy(path, rejected(&scene));
	iat = check_card(&scene, path);
	claim(iat >= now && iat <= time(NULL) + 1, "iat is %ld", iat);
	/* That of the call, however late it is fetched. */
	daemon_await_metric(&scene.daemon, "callsieve_records_written_total", 1,
			    5000);
	daemon_sql(&scene.daemon, "UPDATE calls SET ended_at = 1546008698123");
	claim_number(check_card(&scene, path), 1546008698);
	scene_close(&scene);
}
END_TEST

START_TEST(card_of_a_call_that_never_was)
{
	static const char *const paths[] = {
		"/redress/0123456789abcdef-0123456789abcdef0123.jws",
		"/redress/.jws", "/redress/x", "/redress/"};
	struct scene scene;
	char path[100];

	open_scene(&scene);
	strcpy(path, rejected(&scene));
	path[strlen(path) - 5] ^= 1;
	claim_number(
		daemon_http(&scene.daemon, "GET", path, NULL, NULL)->status,
		404);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		claim_number(
			daemon_http(&scene.daemon, "GET", paths[i], NULL, NULL)
				->status,
			404);
	scene_close(&scene);
}
END_TEST

Suite *cards_suite(void)
{
	Suite *suite = suite_create("cards");
	TCase *tests = scene_tcase(suite, "cards");

	tcase_add_test(tests, card_is_signed_and_of_its_time);
	tcase_add_test(tests, card_of_a_call_that_never_was);
	return suite;
}
