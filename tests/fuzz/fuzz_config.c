/* The operator's file is no stranger's, but a reload of whatever an editor
 * left behind must not take the daemon down, nor leak with each try. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "callsieve/core/buf.h"
#include "callsieve/core/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = NULL;
	struct buf errors;
	char *text = malloc(size + 1);
	int err;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	buf_init(&errors, 4096);
	err = config_parse(&config, "fuzz", text, &errors);
	if ((err != 0) != (config == NULL) || (err && !errors.len))
		abort();
	config_free(config);
	buf_fini(&errors);
	free(text);
	return 0;
}
