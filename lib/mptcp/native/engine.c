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
#include "engine_state.h"
#include "limit.h"
#include "sampler.h"
#include "socket.h"
#include "throttle.h"
#include "worker.h"

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
  worker_send_events(worker);
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

static void post(struct worker *worker, struct command *command) {
  worker->is_wake_due |= mailbox_push(&worker->mailbox, command);
}

void engine_flush(struct engine *engine) {
  for (uint32_t i = 0; i < engine->started; i++) {
    struct worker *worker = engine->workers[i];
    if (worker->is_wake_due) mailbox_wake(&worker->mailbox);
    worker->is_wake_due = false;
  }
}

int engine_post_all(struct engine *engine, const struct command *model) {
  for (uint32_t i = 0; i < engine->started; i++) {
    struct command *command = malloc(sizeof *command);
    if (!command) return -ENOMEM;
    *command = *model;
    if (command->type == COMMAND_LIMIT_CHANGED) limit_keep(command->limit);
    post(engine->workers[i], command);
  }
  return 0;
}

static struct worker *worker_of(struct engine *engine, uint64_t connection) {
  uint64_t index = connection >> (GENERATION_BITS + SLOT_BITS);
  return index < engine->started ? engine->workers[index] : NULL;
}

int engine_post_one(struct engine *engine, const struct command *model) {
  struct worker *worker = worker_of(engine, model->connection);
  struct command *command = worker && !engine->is_stopped ? malloc(sizeof *command) : NULL;
  if (command) {
    *command = *model;
    post(worker, command);
    return 0;
  }
  if (model->type == COMMAND_CONNECT) connect_target_free(model->target);
  if (model->type == COMMAND_LIMIT && model->throttle) throttle_free(model->throttle);
  free(model->block);
  return worker && !engine->is_stopped ? -ENOMEM : 0;
}

int engine_adopt(struct engine *engine, int fd, bool is_transparent, struct sockaddr_storage *bound) {
  int live = 0;
  for (struct listener *each = engine->listeners; each; each = each->next)
    live += atomic_load(&each->users) != UINT32_MAX;
  int error = engine->is_stopped ? -ESHUTDOWN : live >= WORKER_MAX_LISTENERS ? -EMFILE : 0;
  struct listener *listener = error ? NULL : calloc(1, sizeof *listener);
  if (!listener) {
    close(fd);
    return error ? error : -ENOMEM;
  }
  listener->fd = fd;
  socklen_t length = sizeof *bound;
  getsockname(listener->fd, (struct sockaddr *)bound, &length);
  listener->id = engine->next_listener_id++;
  listener->is_open = true;
  listener->is_mptcp = socket_is_mptcp_object(fd);
  listener->is_transparent = is_transparent;
  atomic_store(&listener->users, engine->started);
  listener->next = engine->listeners;
  engine->listeners = listener;
  engine_post_all(engine, &(struct command){.type = COMMAND_ADD_LISTENER, .listener = listener});
  engine_flush(engine);
  return listener->id;
}

int engine_listen(struct engine *engine, const struct sockaddr_storage *address, bool is_mptcp, int backlog,
                  bool is_transparent, bool is_fast_open, struct sockaddr_storage *bound) {
  int fd = socket_listen(address, is_mptcp, backlog, is_fast_open);
  return fd < 0 ? fd : engine_adopt(engine, fd, is_transparent, bound);
}

static struct listener *find_listener(const struct engine *engine, int id) {
  for (struct listener *listener = engine->listeners; listener; listener = listener->next)
    if (listener->id == id && listener->is_open) return listener;
  return NULL;
}

int engine_listener_fd(const struct engine *engine, int id) {
  return find_listener(engine, id) ? find_listener(engine, id)->fd : -EBADF;
}

void engine_set_bounds(struct engine *engine, uint32_t handshake_ms, uint32_t idle_ms, uint32_t connections) {
  atomic_store(&engine->options.handshake_timeout_ms, handshake_ms);
  atomic_store(&engine->options.idle_timeout_ms, idle_ms);
  atomic_store(&engine->options.max_connections, connections);
}

static void drop_listener(struct engine *engine, struct listener *listener, bool is_closed) {
  if (!listener || !listener->is_open) return;
  listener->is_open = false;
  /* Replaced rather than closed: the socket ends now, and its number is not given out while threads know it. One that
     goes on elsewhere is not replaced: a thread leaves its line by that number, or goes on being woken. */
  int placeholder = is_closed ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
  if (placeholder >= 0) {
    dup3(placeholder, listener->fd, O_CLOEXEC);
    close(placeholder);
  }
  engine_post_all(engine, &(struct command){.type = COMMAND_DROP_LISTENER, .listener = listener});
  engine_flush(engine);
}

void engine_close_listener(struct engine *engine, int id) { drop_listener(engine, find_listener(engine, id), true); }

void engine_leave_listener(struct engine *engine, int id) { drop_listener(engine, find_listener(engine, id), false); }

int engine_read(struct engine *engine, uint64_t connection, int side) {
  return engine_post_one(engine, &(struct command){.type = COMMAND_READ, .connection = connection, .side = side});
}

static struct block *copy_block(const void *bytes, uint32_t length) {
  struct block *block = malloc(sizeof *block + length);
  if (!block) return NULL;
  block->next = NULL;
  block->offset = 0;
  block->length = length;
  block->is_relayed = false;
  if (length) memcpy(block->bytes, bytes, length);
  return block;
}

int engine_write(struct engine *engine, uint64_t connection, int side, const void *bytes, uint32_t length,
                 bool is_relayed) {
  struct block *block = copy_block(bytes, length);
  if (!block) return -ENOMEM;
  block->is_relayed = is_relayed;
  return engine_post_one(engine, &(struct command){
                              .type = COMMAND_WRITE, .connection = connection, .side = side, .block = block});
}

int engine_connect(struct engine *engine, uint64_t connection, const struct connect_target *target,
                   struct byte_span with_syn, struct byte_span answer) {
  struct connect_target *own = malloc(sizeof *own);
  struct block *block = with_syn.length ? copy_block(with_syn.bytes, with_syn.length) : NULL;
  struct block *last = answer.length ? copy_block(answer.bytes, answer.length) : NULL;
  if (!own || (with_syn.length && !block) || (answer.length && !last)) {
    free(own);
    free(block);
    free(last);
    return -ENOMEM;
  }
  *own = *target;
  own->answer = last;
  return engine_post_one(engine, &(struct command){
                              .type = COMMAND_CONNECT, .connection = connection, .target = own, .block = block});
}

int engine_relay(struct engine *engine, uint64_t connection, int64_t upload_limit) {
  return engine_post_one(
      engine, &(struct command){.type = COMMAND_RELAY, .connection = connection, .upload_limit = upload_limit});
}

int engine_pass(struct engine *engine, uint64_t connection, int source, uint64_t bytes) {
  return engine_post_one(engine, &(struct command){
                              .type = COMMAND_PASS, .connection = connection, .pass = {.source = source, .bytes = bytes}});
}

int engine_hang_up(struct engine *engine, uint64_t connection) {
  return engine_post_one(engine, &(struct command){.type = COMMAND_HANG_UP, .connection = connection});
}

int engine_close(struct engine *engine, uint64_t connection, bool is_reset) {
  return engine_post_one(engine,
                  &(struct command){.type = COMMAND_CLOSE, .connection = connection, .is_reset = is_reset});
}

int engine_bound_send_buffer(struct engine *engine, uint64_t connection, int side, uint32_t bytes) {
  return engine_post_one(engine, &(struct command){.type = COMMAND_SEND_BUFFER,
                                                   .connection = connection,
                                                   .send_buffer = {.side = side, .bytes = bytes}});
}

static int post_sample(struct engine *engine, struct sample_request *sample) {
  if (!sample) return -ENOMEM;
  if (!engine->is_stopped) return engine_post_all(engine, &(struct command){.type = COMMAND_SAMPLE, .sample = sample});
  sampler_free(sample);
  return 0;
}

int engine_sample(struct engine *engine, uint32_t request, const uint64_t *connections, uint32_t count,
                  uint8_t sides, bool is_moved) {
  enum sample_kind kind = is_moved ? SAMPLE_MOVED_COUNTERS : SAMPLE_COUNTERS;
  return post_sample(engine, sampler_create(request, kind, sides, connections, count, engine->started));
}

int engine_sample_paths(struct engine *engine, uint32_t request, const uint64_t *connections, uint32_t count,
                        bool is_client) {
  enum sample_kind kind = connections ? SAMPLE_PATHS : SAMPLE_MOVED_PATHS;
  return post_sample(engine, sampler_create(request, kind, is_client ? 1 : 2, connections, count, engine->started));
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
    drop_listener(engine, listener, true);
  engine_post_all(engine, &(struct command){.type = COMMAND_STOP});
  engine_flush(engine);
}

void engine_destroy(struct engine *engine) {
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
  engine_free_limits(engine);
  wire_free(&engine->events);
  pthread_mutex_destroy(&engine->lock);
  free(engine);
}
