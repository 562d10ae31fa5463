/* Strangers send what they like, at any moment of a call. Inputs are scripts,
 * so that what is mutated gets beyond the first message. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sip_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void report(void)
{
	fprintf(stderr, "messages: %lu\n", sip_script_sent());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool begun;

	if (!begun)
		atexit(report);
	begun = true;
	sip_script_run((const char *)data, size);
	return 0;
}
