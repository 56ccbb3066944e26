#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "connection.h"
#include "sampler.h"
#include "socket.h"
#include "worker.h"

struct engine {
  struct engine_options options;
  pthread_mutex_t lock; /* guards `events` */
  struct wire events;
  struct listener *listeners;
  int next_listener_id;
  uint32_t started;
  bool is_batching, is_stopped;
  bool has_ended; /* guarded by `lock`: WIRE_STOPPED was posted */
  _Atomic uint32_t running;
  _Atomic uint64_t connections, accepted, refused, relaying;
  struct worker *workers[ENGINE_MAX_THREADS];
};

/* For the threads. */

const struct engine_options *engine_get_options(const struct engine *engine) { return &engine->options; }

uint32_t engine_get_thread_count(const struct engine *engine) { return engine->options.threads; }

bool engine_admit(struct engine *engine) {
  if (atomic_fetch_add(&engine->connections, 1) >= engine->options.max_connections) {
    atomic_fetch_sub(&engine->connections, 1);
    engine_count_refused(engine);
    return false;
  }
  atomic_fetch_add(&engine->accepted, 1);
  return true;
}

void engine_release(struct engine *engine, bool was_relaying) {
  atomic_fetch_sub(&engine->connections, 1);
  if (was_relaying) atomic_fetch_sub(&engine->relaying, 1);
}

void engine_count_relaying(struct engine *engine) { atomic_fetch_add(&engine->relaying, 1); }

void engine_count_refused(struct engine *engine) { atomic_fetch_add(&engine->refused, 1); }

void engine_post_events(struct engine *engine, struct wire *events) {
  pthread_mutex_lock(&engine->lock);
  bool was_empty = engine->events.length == 0;
  /* Out of memory: the records stay with the thread and go with its next ones. */
  wire_move(&engine->events, events);
  pthread_mutex_unlock(&engine->lock);
  if (was_empty) engine->options.notify(engine->options.context);
}

void engine_worker_stopped(struct engine *engine, struct worker *worker) {
  worker_flush_events(worker);
  if (atomic_fetch_sub(&engine->running, 1) != 1) return;
  pthread_mutex_lock(&engine->lock);
  engine->has_ended = true;
  wire_end(&engine->events, wire_begin(&engine->events, WIRE_STOPPED, 0, 0));
  pthread_mutex_unlock(&engine->lock);
  engine->options.notify(engine->options.context);
}

/* For JavaScript. */

bool engine_take(struct engine *engine, struct wire *wire) {
  wire->length = 0;
  pthread_mutex_lock(&engine->lock);
  wire_move(wire, &engine->events);
  bool has_ended = engine->has_ended;
  pthread_mutex_unlock(&engine->lock);
  return has_ended;
}

int engine_create(const struct engine_options *options, struct engine **created) {
  struct engine *engine = calloc(1, sizeof *engine);
  if (!engine) return -ENOMEM;
  engine->options = *options;
  engine->next_listener_id = 1;
  pthread_mutex_init(&engine->lock, NULL);
  int error = 0;
  for (uint32_t i = 0; i < options->threads && !error; i++) {
    engine->workers[i] = calloc(1, sizeof *engine->workers[i]);
    error = engine->workers[i] ? worker_open(engine->workers[i], engine, i) : -ENOMEM;
  }
  atomic_store(&engine->running, options->threads);
  for (uint32_t i = 0; i < options->threads && !error; i++) {
    error = worker_start(engine->workers[i]);
    if (!error) engine->started++;
  }
  if (error) {
    engine_destroy(engine);
    return error;
  }
  *created = engine;
  return 0;
}

static void post(struct engine *engine, struct worker *worker, struct command *command) {
  bool must_wake = mailbox_push(&worker->mailbox, command);
  if (engine->is_batching) {
    worker->is_wake_due |= must_wake;
  } else if (must_wake) {
    mailbox_wake(&worker->mailbox);
  }
}

void engine_begin_batch(struct engine *engine) { engine->is_batching = true; }

void engine_end_batch(struct engine *engine) {
  engine->is_batching = false;
  for (uint32_t i = 0; i < engine->started; i++) {
    struct worker *worker = engine->workers[i];
    if (worker->is_wake_due) mailbox_wake(&worker->mailbox);
    worker->is_wake_due = false;
  }
}

static int post_all(struct engine *engine, const struct command *model) {
  for (uint32_t i = 0; i < engine->started; i++) {
    struct command *command = malloc(sizeof *command);
    if (!command) return -ENOMEM;
    *command = *model;
    post(engine, engine->workers[i], command);
  }
  return 0;
}

static struct worker *worker_of(struct engine *engine, uint64_t connection) {
  uint64_t index = connection >> (GENERATION_BITS + SLOT_BITS);
  return index < engine->started ? engine->workers[index] : NULL;
}

static int post_one(struct engine *engine, const struct command *model) {
  struct worker *worker = worker_of(engine, model->connection);
  struct command *command = worker && !engine->is_stopped ? malloc(sizeof *command) : NULL;
  if (command) {
    *command = *model;
    post(engine, worker, command);
    return 0;
  }
  if (model->type == COMMAND_CONNECT) free(model->target);
  free(model->block);
  return worker && !engine->is_stopped ? -ENOMEM : 0;
}

int engine_listen(struct engine *engine, const struct sockaddr_storage *address, bool is_mptcp, int backlog,
                  struct sockaddr_storage *bound) {
  int live = 0;
  for (struct listener *each = engine->listeners; each; each = each->next)
    live += atomic_load(&each->users) != UINT32_MAX;
  if (engine->is_stopped) return -ESHUTDOWN;
  if (live >= WORKER_MAX_LISTENERS) return -EMFILE;
  struct listener *listener = calloc(1, sizeof *listener);
  if (!listener) return -ENOMEM;
  listener->fd = socket_listen(address, is_mptcp, backlog);
  if (listener->fd < 0) {
    int error = listener->fd;
    free(listener);
    return error;
  }
  socklen_t length = sizeof *bound;
  getsockname(listener->fd, (struct sockaddr *)bound, &length);
  listener->id = engine->next_listener_id++;
  listener->is_open = true;
  atomic_store(&listener->users, engine->started);
  listener->next = engine->listeners;
  engine->listeners = listener;
  post_all(engine, &(struct command){.type = COMMAND_ADD_LISTENER, .listener = listener});
  return listener->id;
}

static void close_listener(struct engine *engine, struct listener *listener) {
  if (!listener->is_open) return;
  listener->is_open = false;
  /* Replaced rather than closed: the socket ends now, and its number is not given out while threads know it. */
  int placeholder = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (placeholder >= 0) {
    dup3(placeholder, listener->fd, O_CLOEXEC);
    close(placeholder);
  }
  post_all(engine, &(struct command){.type = COMMAND_DROP_LISTENER, .listener = listener});
}

void engine_close_listener(struct engine *engine, int id) {
  for (struct listener *listener = engine->listeners; listener; listener = listener->next)
    if (listener->id == id) close_listener(engine, listener);
}

int engine_read(struct engine *engine, uint64_t connection, int side) {
  return post_one(engine, &(struct command){.type = COMMAND_READ, .connection = connection, .side = side});
}

int engine_write(struct engine *engine, uint64_t connection, int side, const void *bytes, uint32_t length) {
  struct block *block = malloc(sizeof *block + length);
  if (!block) return -ENOMEM;
  block->next = NULL;
  block->offset = 0;
  block->length = length;
  if (length) memcpy(block->bytes, bytes, length);
  return post_one(engine, &(struct command){
                              .type = COMMAND_WRITE, .connection = connection, .side = side, .block = block});
}

int engine_connect(struct engine *engine, uint64_t connection, const struct sockaddr_storage *remote,
                   const struct sockaddr_storage *local, bool is_mptcp, uint32_t timeout_ms) {
  struct connect_target *target = calloc(1, sizeof *target);
  if (!target) return -ENOMEM;
  target->remote = *remote;
  if (local) target->local = *local;
  target->is_mptcp = is_mptcp;
  target->timeout_ms = timeout_ms;
  return post_one(engine,
                  &(struct command){.type = COMMAND_CONNECT, .connection = connection, .target = target});
}

int engine_relay(struct engine *engine, uint64_t connection, int64_t upload_limit) {
  return post_one(
      engine, &(struct command){.type = COMMAND_RELAY, .connection = connection, .upload_limit = upload_limit});
}

int engine_close(struct engine *engine, uint64_t connection, bool is_reset) {
  return post_one(engine,
                  &(struct command){.type = COMMAND_CLOSE, .connection = connection, .is_reset = is_reset});
}

int engine_sample(struct engine *engine, uint32_t request, const uint64_t *connections, uint32_t count,
                  uint8_t sides) {
  if (engine->is_stopped) return 0;
  struct sample_request *sample = sampler_create(request, sides, connections, count, engine->started);
  if (!sample) return -ENOMEM;
  return post_all(engine, &(struct command){.type = COMMAND_SAMPLE, .sample = sample});
}

void engine_get_stats(struct engine *engine, struct engine_stats *stats) {
  *stats = (struct engine_stats){.connections = atomic_load(&engine->connections),
                                 .accepted = atomic_load(&engine->accepted),
                                 .refused = atomic_load(&engine->refused),
                                 .relaying = atomic_load(&engine->relaying)};
  for (uint32_t i = 0; i < engine->started; i++) {
    stats->upload_bytes += atomic_load_explicit(&engine->workers[i]->upload_bytes, memory_order_relaxed);
    stats->download_bytes += atomic_load_explicit(&engine->workers[i]->download_bytes, memory_order_relaxed);
  }
}

bool engine_is_open(struct engine *engine, uint64_t connection) {
  struct worker *worker = worker_of(engine, connection);
  return worker && slot_is_current(worker, connection);
}

void engine_stop(struct engine *engine) {
  if (engine->is_stopped) return;
  engine->is_stopped = true;
  for (struct listener *listener = engine->listeners; listener; listener = listener->next)
    close_listener(engine, listener);
  post_all(engine, &(struct command){.type = COMMAND_STOP});
}

void engine_destroy(struct engine *engine) {
  engine->is_batching = false;
  engine_stop(engine);
  for (uint32_t i = 0; i < engine->started; i++) pthread_join(engine->workers[i]->thread, NULL);
  for (uint32_t i = 0; i < ENGINE_MAX_THREADS && engine->workers[i]; i++) {
    worker_close(engine->workers[i]);
    free(engine->workers[i]);
  }
  while (engine->listeners) {
    struct listener *listener = engine->listeners;
    engine->listeners = listener->next;
    if (atomic_load(&listener->users) != UINT32_MAX) close(listener->fd);
    free(listener);
  }
  wire_free(&engine->events);
  pthread_mutex_destroy(&engine->lock);
  free(engine);
}
