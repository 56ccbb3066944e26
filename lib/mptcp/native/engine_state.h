/* What the files of the engine share; only the JavaScript thread uses it, except where a field says otherwise. */
#ifndef TWINPATH_ENGINE_STATE_H
#define TWINPATH_ENGINE_STATE_H

#include <pthread.h>

#include "command.h"
#include "engine.h"
#include "worker.h"

struct engine {
  struct engine_options options;
  pthread_mutex_t lock; /* guards `events` */
  struct wire events;
  struct listener *listeners;
  int next_listener_id;
  void *limits; /* tsearch(3) of struct named_limit */
  uint32_t started;
  bool is_stopped;
  bool has_ended; /* guarded by `lock`: WIRE_STOPPED was posted */
  _Atomic uint32_t running;
  _Atomic uint64_t connections, accepted, refused, relaying;
  struct worker *workers[ENGINE_MAX_THREADS];
};

/* A copy of the command for the thread of its connection, or for every thread. They go with the next engine_flush. */
int engine_post_one(struct engine *engine, const struct command *model);
int engine_post_all(struct engine *engine, const struct command *model);

/* engine_limits.c */
void engine_free_limits(struct engine *engine);

#endif
