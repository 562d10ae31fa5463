/* Text brought to words, so that one text can be looked for in another
 * however they are spelled: "Fraud-Dept." and "FRAUD  DEPT" are the same. */
#ifndef CALLSIEVE_CORE_WORDS_H
#define CALLSIEVE_CORE_WORDS_H

#include <stddef.h>

/* Letters and digits in lower case, with one blank before, between and after
 * the words; " " when there are none. What does not fit is cut. All of Unicode
 * beyond ASCII counts as letters, as it is. `size` is 2 at least. */
void words_fold(char *buf, size_t size, const char *text);

#endif
