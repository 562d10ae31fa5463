/* callsieve list: the lists and their history. A table of verbs. */
#include "list.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	command_h *h;
} verbs[] = {
	{"show", list_show}, {"export", list_export}, {"import", list_import},
	{"log", list_log},   {"blame", list_blame},   {"undo", list_undo},
};

static const struct list_table tables[] = {
	{"blocklist", "blocklist_csv",
	 "SELECT * FROM blocklist_csv ORDER BY number, list"},
	{"allowlist", "allowlist_csv",
	 "SELECT * FROM allowlist_csv ORDER BY number, list"},
	{"neverblock", "neverblock_csv",
	 "SELECT * FROM neverblock_csv ORDER BY number"},
	{"dno", "dno_csv", "SELECT * FROM dno_csv ORDER BY number"},
	{"own_numbers", "own_numbers_csv",
	 "SELECT * FROM own_numbers_csv ORDER BY number"},
	{"list_trunks", "list_trunks_csv",
	 "SELECT * FROM list_trunks_csv ORDER BY list, trunk"},
	{"subscriber_numbers", "subscriber_numbers_csv",
	 "SELECT * FROM subscriber_numbers_csv ORDER BY number"},
	{"subscriber_rules", "subscriber_rules_csv",
	 "SELECT * FROM subscriber_rules_csv ORDER BY subscriber, number"},
	{"subscriber_settings", "subscriber_settings_csv",
	 "SELECT * FROM subscriber_settings_csv ORDER BY subscriber"},
};

const struct list_table *list_table_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	usage_error("There is no list \"%s\": they are blocklist, allowlist, "
		    "neverblock, dno, own_numbers, list_trunks, "
		    "subscriber_numbers, subscriber_rules and "
		    "subscriber_settings.",
		    name);
	return NULL;
}

int list_command(const struct cli *cli, int argc, char **argv)
{
	size_t i;

	if (argc > 1)
		for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
			if (!strcmp(verbs[i].name, argv[1])) {
				optind = 0;
				return verbs[i].h(cli, argc - 1, argv + 1);
			}
	return usage_error("It is: callsieve list show, export, import, log, "
			   "blame or undo.");
}
