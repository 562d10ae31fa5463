/* That signatures hold is shown by the tests of the API's cards; here what
 * cannot be signed with. */
#include "callsieve/core/signature.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "callsieve/core/buf.h"

#include "suites.h"

START_TEST(base64url_has_no_padding)
{
	static const struct {
		const char *bytes, *text;
	} cases[] = {{"", ""},
		     {"f", "Zg"},
		     {"fo", "Zm8"},
		     {"foo", "Zm9v"},
		     {"\xfb\xff", "-_8"}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = base64url(cases[i].bytes, strlen(cases[i].bytes));

		ck_assert_str_eq(text, cases[i].text);
		free(text);
	}
}
END_TEST

/* Made for this test, of the curve P-384. */
static const char p384[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDA/cY2p1hF5rNye/NpP\n"
	"3NPFpxDUAM46gbrTFCH2grASqN5S1zp0uqbovicaBmg2EAahZANiAAQR4I3C7cEY\n"
	"rAkAAIVf2/4oHb8eYuSA8eQxMTaIRXN2HZmQAJXSY3BTUByJcoS55U4kqiUCtZvJ\n"
	"geuLKItpo9JhO2VC2+2fE6tP+3FsQyORBAJzLW6AuCQvAlpKr66Up5Q=\n"
	"-----END PRIVATE KEY-----\n";

static const struct {
	const char *text, *error;
} wrong[] = {
	{NULL, "No such file or directory"},
	{"", "no private key in PEM"},
	{"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	 "no private key in PEM"},
	{p384, "not a key of the curve P-256"},
};

START_TEST(keys_that_do_not_sign)
{
	char path[] = "/tmp/callsieve-unit.XXXXXX", expected[200];
	struct signer *signer = NULL;
	struct buf errors;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	if (wrong[_i].text)
		ck_assert_int_ge(
			write(fd, wrong[_i].text, strlen(wrong[_i].text)), 0);
	else
		unlink(path);
	close(fd);
	buf_init(&errors, 1000);
	ck_assert_int_eq(signer_new(&signer, path, &errors), -EINVAL);
	snprintf(expected, sizeof(expected), "%s: %s\n", path, wrong[_i].error);
	ck_assert_str_eq(errors.data, expected);
	ck_assert_ptr_null(signer);
	buf_fini(&errors);
	unlink(path);
}
END_TEST

Suite *signature_suite(void)
{
	Suite *suite = suite_create("signature");
	TCase *tc = tcase_create("signature");

	tcase_add_test(tc, base64url_has_no_padding);
	tcase_add_loop_test(tc, keys_that_do_not_sign, 0,
			    sizeof(wrong) / sizeof(wrong[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
