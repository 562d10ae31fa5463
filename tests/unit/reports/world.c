#include "world.h"

#include "callsieve/core/clock.h"

struct world world;

void world_setup(void)
{
	char token[TOKEN_SIZE];

	now_fake(WORLD_START * 1000ll);
	scratch_make(&world.scratch);
	ck_assert_int_eq(
		store_open(&world.store, world.scratch.path, STORE_CREATE, 10),
		0);
	ck_assert_int_eq(token_new(world.store, "alice", world.alices_token),
			 0);
	ck_assert_int_eq(
		token_find(world.store, world.alices_token, &world.alice), 0);
	ck_assert_int_eq(token_new(world.store, "bob", token), 0);
	ck_assert_int_eq(token_find(world.store, token, &world.bob), 0);
}

void world_teardown(void)
{
	store_close(world.store);
	scratch_remove(&world.scratch);
}

bool world_report(int64_t subscriber, const char *number)
{
	struct report report = {.subscriber = subscriber, .number = number};
	int64_t id;
	bool new;

	ck_assert_int_eq(report_save(world.store, &report, &new, &id), 0);
	return new;
}
