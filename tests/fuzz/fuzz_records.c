/* DNS answers. */
#include "resolve/records.h"

static void ignore(const struct record *record, void *arg)
{
	(void)record;
	(void)arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int types[] = {RECORD_A, RECORD_AAAA, RECORD_SRV,
				    RECORD_NAPTR};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		records_read(data, size, types[i], ignore, NULL);
	return 0;
}
