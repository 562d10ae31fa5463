/* Reads the lists anew on a thread of its own, with its own connection: that
 * takes seconds for millions of rows, in which edits go on being obeyed. */
#ifndef LISTS_BUILDER_H
#define LISTS_BUILDER_H

#include "view.h"

struct builder;

int builder_start(struct builder **builderp, const char *path);
bool builder_done(const struct builder *builder);

/* Waits for it, and frees it. On 0 the view is the caller's. */
int builder_take(struct builder *builder, struct view *view);

/* Ends it, whatever it does. NULL is fine. */
void builder_free(struct builder *builder);

#endif
