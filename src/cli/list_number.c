/* Numbers as they are typed: see list_number.h. */
#include "list_number.h"

#include <string.h>

#include "callsieve/model/number.h"
#include "callsieve/store.h"

#include "command.h"
#include "database.h"
#include "import.h"

int numbering_read(struct numbering *plan, bool *knownp, struct store *store)
{
	struct store_stmt *stmt;
	int err;

	*knownp = false;
	err = store_prepare(&stmt, store,
			    "SELECT value FROM settings "
			    "WHERE name = 'country'");
	if (err)
		return err;
	err = stmt_step(stmt);
	if (err < 0)
		return err;
	if (err)
		*knownp = !numbering_for_country(plan, stmt_text(stmt, 0));
	stmt_reset(stmt);
	return 0;
}

static bool is_range(const char *text)
{
	return strlen(text) < LIST_NUMBER && *text == '+' &&
	       strstr(text, "-+") &&
	       strspn(text, "+-0123456789") == strlen(text);
}

int list_number(char number[LIST_NUMBER], struct store *store, const char *text)
{
	struct numbering plan;
	const char *problem;
	bool known;
	int err;

	if (is_range(text)) {
		strcpy(number, text);
		return EXIT_DONE;
	}
	err = numbering_read(&plan, &known, store);
	if (err)
		return database_failure(store, err);
	problem = import_number(number, text, known ? &plan : NULL);
	return problem ? failure("%s", problem) : EXIT_DONE;
}
