/* Strangers send what they like, at any moment of a call. Inputs are scripts,
 * so that what is mutated gets beyond the first message. */
#include <stdint.h>

#include "sip_script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	sip_script_run((const char *)data, size);
	return 0;
}
