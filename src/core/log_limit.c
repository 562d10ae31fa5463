#include "callsieve/core/log_limit.h"

#define AT_ONCE	  5
#define SECOND_US 1000000

bool log_limit_pass(struct log_limit *limit, uint64_t now_us,
		    unsigned long *left_outp)
{
	struct rate rate = rate_of(1, SECOND_US, AT_ONCE);

	if (!bucket_has(&limit->bucket, &rate, now_us)) {
		limit->left_out++;
		return false;
	}
	bucket_take(&limit->bucket, &rate, now_us);
	*left_outp = limit->left_out;
	limit->left_out = 0;
	return true;
}
