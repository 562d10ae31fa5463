/* One call's record and its row. */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include "callsieve/core/utf8.h"
#include "callsieve/store.h"

struct call_record *call_record_new(void)
{
	return calloc(1, sizeof(struct call_record));
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

void call_record_keep(struct call_record *record, const struct facts *facts)
{
	record->facts = *facts;
	record->facts.trunk = NULL;
	record->facts.display = copy(facts->display);
	record->facts.signer = copy(facts->signer);
	record->facts.origid = copy(facts->origid);
}

void call_record_free(struct call_record *record)
{
	if (!record)
		return;
	free(record->trunk);
	free(record->gateway);
	free(record->source);
	free(record->call_id);
	free(record->call_id_out);
	free(record->from_uri);
	free(record->to_uri);
	free(record->redirected_to);
	free(record->phrase);
	free(record->profile);
	free((char *)record->facts.display);
	free((char *)record->facts.signer);
	free((char *)record->facts.origid);
	free(record->verdict);
	free(record);
}

const char *record_number(const struct number *number)
{
	switch (number->kind) {
	case NUMBER_ANONYMOUS:
		return "anonymous";
	case NUMBER_MALFORMED:
		return "malformed";
	default:
		return number->text[0] ? number->text : NULL;
	}
}

static void bind_wire(struct store_stmt *stmt, int at, const char *text)
{
	char *clean = utf8_clean(text);

	stmt_bind_text(stmt, at, clean);
	free(clean);
}

static void bind_time(struct store_stmt *stmt, int at, int64_t ms)
{
	if (ms)
		stmt_bind_int(stmt, at, ms);
	else
		stmt_bind_null(stmt, at);
}

static void bind_verdict(struct store_stmt *stmt, int at,
			 const struct call_record *record)
{
	const struct verdict *verdict = record->verdict;
	char *explanation;

	if (!verdict)
		return;
	stmt_bind_text(stmt, at, verdict_action_name(verdict->action));
	stmt_bind_text(stmt, at + 1, verdict_basis_name(verdict->basis));
	stmt_bind_int(stmt, at + 2, verdict->score);
	explanation = call_explanation(record);
	stmt_bind_text(stmt, at + 3, explanation);
	stmt_bind_text(stmt, at + 4,
		       verdict_action_name(verdict->because
						   ? verdict->treatment
						   : verdict->action));
	free(explanation);
}

int record_insert(struct store *store, const struct call_record *record)
{
	struct store_stmt *stmt;
	int err = store_prepare(
		&stmt, store,
		"INSERT OR IGNORE INTO calls(id, started_at, answered_at, "
		"ended_at, trunk, gateway, source, call_id, call_id_out, "
		"from_uri, to_uri, caller, callee, status, phrase, ended_by, "
		"action, basis, score, explanation, treatment) VALUES("
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

	if (err)
		return err;
	stmt_bind_text(stmt, 1, record->id);
	stmt_bind_int(stmt, 2, record->started_ms);
	bind_time(stmt, 3, record->answered_ms);
	bind_time(stmt, 4, record->ended_ms);
	stmt_bind_text(stmt, 5, record->trunk);
	stmt_bind_text(stmt, 6, record->gateway);
	stmt_bind_text(stmt, 7, record->source);
	bind_wire(stmt, 8, record->call_id);
	bind_wire(stmt, 9, record->call_id_out);
	bind_wire(stmt, 10, record->from_uri);
	bind_wire(stmt, 11, record->to_uri);
	stmt_bind_text(stmt, 12, record_number(&record->facts.caller));
	stmt_bind_text(stmt, 13, record_number(&record->facts.callee));
	stmt_bind_int(stmt, 14, record->status);
	bind_wire(stmt, 15, record->phrase);
	stmt_bind_text(stmt, 16, record->ended_by);
	bind_verdict(stmt, 17, record);
	return stmt_step(stmt);
}

int records_prune(struct store *store, int64_t before_ms, int limit)
{
	struct store_stmt *stmt;
	int err = store_prepare(&stmt, store,
				"DELETE FROM calls WHERE rowid IN ("
				"SELECT rowid FROM calls WHERE started_at < ? "
				"ORDER BY started_at LIMIT ?)");

	if (err)
		return err;
	stmt_bind_int(stmt, 1, before_ms);
	stmt_bind_int(stmt, 2, limit);
	err = stmt_step(stmt);
	return err ? err : store_changes(store);
}
