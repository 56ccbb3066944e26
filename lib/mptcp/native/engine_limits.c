/* Rate limits by the names that JavaScript gave them. */
#include <errno.h>
#include <search.h>
#include <stdlib.h>

#include "engine_state.h"
#include "limit.h"
#include "throttle.h"

struct named_limit {
  int64_t id;
  struct limit *limit;
};

static int compare_limits(const void *left, const void *right) {
  int64_t a = ((const struct named_limit *)left)->id, b = ((const struct named_limit *)right)->id;
  return (a > b) - (a < b);
}

static struct named_limit *find_limit(struct engine *engine, int64_t id) {
  struct named_limit **found = tfind(&(struct named_limit){.id = id}, &engine->limits, compare_limits);
  return found ? *found : NULL;
}

static void free_limit(void *named) {
  limit_release(((struct named_limit *)named)->limit);
  free(named);
}

static struct named_limit *add_limit(struct engine *engine, int64_t id) {
  struct named_limit *named = calloc(1, sizeof *named);
  if (!named) return NULL;
  named->id = id;
  named->limit = limit_create();
  if (named->limit && tsearch(named, &engine->limits, compare_limits)) return named;
  if (named->limit) limit_release(named->limit);
  free(named);
  return NULL;
}

static int change_limit(struct engine *engine, struct limit *limit, const uint64_t rates[2]) {
  if (!limit_set(limit, rates)) return 0;
  return engine_post_all(engine, &(struct command){.type = COMMAND_LIMIT_CHANGED, .limit = limit});
}

int engine_set_limit(struct engine *engine, int64_t limit, const uint64_t rates[2]) {
  if (engine->is_stopped) return 0;
  struct named_limit *named = find_limit(engine, limit);
  if (named) return change_limit(engine, named->limit, rates);
  named = add_limit(engine, limit);
  if (!named) return -ENOMEM;
  limit_set(named->limit, rates);
  return 0;
}

int engine_drop_limit(struct engine *engine, int64_t limit) {
  static const uint64_t none[2] = {0, 0};
  struct named_limit *named = find_limit(engine, limit);
  if (engine->is_stopped || !named) return 0;
  int error = change_limit(engine, named->limit, none);
  tdelete(named, &engine->limits, compare_limits);
  free_limit(named);
  return error;
}

int engine_limit(struct engine *engine, uint64_t connection, const int64_t *limit) {
  struct throttle *throttle = NULL;
  if (limit) {
    const struct named_limit *named = find_limit(engine, *limit);
    if (!named) return engine->is_stopped ? 0 : -ENOENT;
    throttle = throttle_create(named->limit);
    if (!throttle) return -ENOMEM;
  }
  return engine_post_one(engine, &(struct command){.type = COMMAND_LIMIT, .connection = connection, .throttle = throttle});
}

void engine_free_limits(struct engine *engine) { tdestroy(engine->limits, free_limit); }
