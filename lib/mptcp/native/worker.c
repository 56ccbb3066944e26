#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "connection.h"
#include "sampler.h"

#define EVENTS_PER_TURN 256
/* How long events for which nobody waits may wait for company: waking the JavaScript thread costs more than they do. */
#define DELAY_MS 5

static uint64_t clock_ms(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

int worker_open(struct worker *worker, struct engine *engine, uint32_t index) {
  worker->engine = engine;
  worker->index = index;
  worker->epoll_fd = worker->reserve_fd = worker->mailbox.wake_fd = -1;
  worker->events_due_ms = WORKER_NOTHING_DUE;
  worker->now_ms = clock_ms();
  int error = pool_open(&worker->pool);
  if (error) return error;
  error = mailbox_open(&worker->mailbox);
  if (error) return error;
  worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (worker->epoll_fd < 0) return -errno;
  worker->reserve_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (worker->reserve_fd < 0) return -errno;
  /* Edge-triggered, so that the counter need not be read. */
  struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = CONNECTION_KEY_WAKE};
  return epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, worker->mailbox.wake_fd, &event) ? -errno : 0;
}

void worker_close(struct worker *worker) {
  wire_free(&worker->events);
  slot_free_all(worker);
  pool_close(&worker->pool);
  if (worker->mailbox.wake_fd >= 0) mailbox_close(&worker->mailbox);
  if (worker->epoll_fd >= 0) close(worker->epoll_fd);
  if (worker->reserve_fd >= 0) close(worker->reserve_fd);
}

void worker_queue(struct worker *worker, struct connection *connection) {
  if (connection->is_queued) return;
  connection->is_queued = true;
  connection->next_ready = worker->ready;
  worker->ready = connection;
}

void worker_hurry_events(struct worker *worker) { worker->events_due_ms = 0; }

void worker_delay_events(struct worker *worker) {
  uint64_t due_ms = worker->now_ms + DELAY_MS;
  if (due_ms < worker->events_due_ms) worker->events_due_ms = due_ms;
}

void worker_send_events(struct worker *worker) {
  worker->events_due_ms = WORKER_NOTHING_DUE;
  if (worker->events.length) engine_post_events(worker->engine, &worker->events);
}

static void send_due_events(struct worker *worker) {
  if (worker->now_ms >= worker->events_due_ms) worker_send_events(worker);
}

static int events_wait_ms(const struct worker *worker) {
  if (worker->events_due_ms == WORKER_NOTHING_DUE) return -1;
  return worker->events_due_ms > worker->now_ms ? (int)(worker->events_due_ms - worker->now_ms) : 0;
}

static void close_all(struct worker *worker) {
  for (uint32_t slot = 0; slot < worker->slots_used; slot++) {
    struct connection *connection = slot_at(worker, slot);
    if (connection->is_open) connection_close(worker, connection, REASON_ENGINE_STOPPED, 0, true);
  }
}

static void run_command(struct worker *worker, struct command *command) {
  switch (command->type) {
    case COMMAND_ADD_LISTENER:
      accept_add(worker, command->listener);
      return;
    case COMMAND_DROP_LISTENER:
      accept_drop(worker, command->listener);
      return;
    case COMMAND_SAMPLE:
      sampler_add(worker, command->sample);
      return;
    case COMMAND_LIMIT_CHANGED:
      throttle_wake(worker, command->limit);
      return;
    case COMMAND_STOP:
      worker->is_stopping = true;
      return;
    default:
      break;
  }
  struct connection *connection = connection_find(worker, command->connection);
  if (!connection) return;
  switch (command->type) {
    case COMMAND_READ:
      connection_read(worker, connection, command->side);
      break;
    case COMMAND_WRITE:
      connection_write(worker, connection, command->side, command->block);
      command->block = NULL;
      break;
    case COMMAND_CONNECT:
      connection_connect(worker, connection, command->target, command->block);
      command->block = NULL;
      break;
    case COMMAND_RELAY:
      connection_relay(worker, connection, command->upload_limit);
      break;
    case COMMAND_PASS:
      connection_pass(worker, connection, command->pass.source, command->pass.bytes);
      break;
    case COMMAND_HANG_UP:
      connection_hang_up(worker, connection);
      break;
    case COMMAND_LIMIT:
      connection_limit(worker, connection, command->throttle);
      command->throttle = NULL;
      break;
    case COMMAND_SEND_BUFFER:
      connection_bound_send_buffer(connection, command->send_buffer.side, command->send_buffer.bytes);
      break;
    default:
      if (command->is_reset) {
        connection_close(worker, connection, REASON_CLOSED_BY_OWNER, 0, true);
      } else if (!connection->is_ending) {
        connection_end(worker, connection, REASON_CLOSED_BY_OWNER, 0);
      }
  }
}

static void run_commands(struct worker *worker) {
  struct command *command = mailbox_take(&worker->mailbox);
  while (command) {
    struct command *next = command->next;
    run_command(worker, command);
    command_free(command);
    command = next;
  }
}

static void run_event(struct worker *worker, const struct epoll_event *event) {
  uint64_t key = event->data.u64;
  uint64_t kind = key & CONNECTION_KEY_KINDS;
  if (kind == CONNECTION_KEY_WAKE) {
    run_commands(worker);
  } else if (kind == CONNECTION_KEY_LISTENER) {
    accept_run(worker, (int)(uint32_t)key);
  } else {
    struct connection *connection = connection_find(worker, key & (CONNECTION_KEY_UPSTREAM - 1));
    int side = key & CONNECTION_KEY_UPSTREAM ? SIDE_UPSTREAM : SIDE_CLIENT;
    bool is_odd = key & CONNECTION_KEY_ODD;
    uint32_t rival = (uint32_t)(key >> CONNECTION_KEY_RIVAL_SHIFT) & CONNECTION_KEY_RIVAL_MAX;
    if (rival) {
      if (connection) connection_on_rival_event(worker, connection, rival, event->events);
      return;
    }
    if (connection && connection->end[side].fd >= 0 && connection->end[side].is_odd == is_odd)
      connection_on_event(worker, connection, side, event->events);
  }
}

static void run_ready(struct worker *worker) {
  struct connection *connection = worker->ready;
  worker->ready = NULL;
  while (connection) {
    struct connection *next = connection->next_ready;
    connection->is_queued = false;
    connection_service(worker, connection);
    connection = next;
  }
}

/* Of two waits, -1 being none. */
static int sooner(int a, int b) { return a < 0 || (b >= 0 && b < a) ? b : a; }

static int wait_ms(struct worker *worker, bool has_work) {
  int resume_ms = accept_resume(worker);
  if (has_work || worker->ready) return 0;
  int timers_ms = sooner(timer_wait_ms(worker), throttle_wait_ms(worker));
  return sooner(sooner(timers_ms, events_wait_ms(worker)), resume_ms);
}

static void *run(void *argument) {
  struct worker *worker = argument;
  struct epoll_event events[EVENTS_PER_TURN];
  bool has_work = false;
  prctl(PR_SET_NAME, "twinpath-relay");
  while (!worker->is_stopping) {
    int count = epoll_wait(worker->epoll_fd, events, EVENTS_PER_TURN, wait_ms(worker, has_work));
    worker->now_ms = clock_ms();
    for (int i = 0; i < count; i++) run_event(worker, &events[i]);
    send_due_events(worker);
    throttle_run(worker);
    run_ready(worker);
    timer_run(worker);
    has_work = sampler_run(worker);
    send_due_events(worker);
  }
  close_all(worker);
  sampler_stop(worker);
  engine_worker_stopped(worker->engine, worker);
  return NULL;
}

int worker_start(struct worker *worker) {
  /* Signals are Node's; SIGPIPE, which splice() raises, must not end the process. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pthread_create(&worker->thread, NULL, run, worker);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return -error;
}
