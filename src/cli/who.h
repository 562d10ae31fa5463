/* Who runs this, for the record of edits. */
#ifndef CLI_WHO_H
#define CLI_WHO_H

/* The name of the user, also of one who came by sudo; their number when there
 * is no name. Lent until the next call. */
const char *who(void);

#endif
