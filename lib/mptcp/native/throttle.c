#include "throttle.h"

#include <stdlib.h>
#include <time.h>

#include "connection.h"
#include "socket.h"
#include "worker.h"

/* One direction of a limited connection. */
struct turn {
  struct ticket ticket;
  struct connection *connection;
  struct turn *next, **link; /* link NULL: not on the wheel */
  uint64_t due_ms;
  uint32_t slot;
};

struct throttle {
  struct limit *limit;
  struct turn turns[SIDES];
};

struct throttle *throttle_create(struct limit *limit) {
  struct throttle *throttle = calloc(1, sizeof *throttle);
  if (throttle) throttle->limit = limit_keep(limit);
  return throttle;
}

void throttle_free(struct throttle *throttle) {
  limit_release(throttle->limit);
  free(throttle);
}

static void leave_wheel(struct worker *worker, struct turn *turn) {
  if (!turn->link) return;
  *turn->link = turn->next;
  if (turn->next) turn->next->link = turn->link;
  turn->link = NULL;
  if (!worker->turns[turn->slot]) worker->turns_busy &= ~(1ull << turn->slot);
}

/* A slot a millisecond; what is due beyond the wheel's span comes round several times. */
static void join_wheel(struct worker *worker, struct turn *turn) {
  if (!worker->turns_busy) worker->turns_ms = worker->now_ms;
  uint64_t ms = turn->due_ms;
  if (ms <= worker->turns_ms) ms = worker->turns_ms + 1;
  if (ms >= worker->turns_ms + WHEEL_SLOTS) ms = worker->turns_ms + WHEEL_SLOTS - 1;
  turn->slot = (uint32_t)(ms % WHEEL_SLOTS);
  struct turn **head = &worker->turns[turn->slot];
  turn->next = *head;
  if (*head) (*head)->link = &turn->next;
  turn->link = head;
  *head = turn;
  worker->turns_busy |= 1ull << turn->slot;
}

void throttle_cancel(struct worker *worker, struct connection *connection, int source) {
  if (!connection->throttle) return;
  struct turn *turn = &connection->throttle->turns[source];
  leave_wheel(worker, turn);
  limit_settle(connection->throttle->limit, source, &turn->ticket, 0);
}

void throttle_set(struct worker *worker, struct connection *connection, struct throttle *throttle) {
  if (connection->throttle) {
    for (int source = 0; source < SIDES; source++) throttle_cancel(worker, connection, source);
    throttle_free(connection->throttle);
  }
  connection->throttle = throttle;
  if (!throttle) return;
  for (int source = 0; source < SIDES; source++) throttle->turns[source].connection = connection;
}

static uint64_t due_after(uint64_t wait_ns) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  uint64_t now_ns = (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
  /* Rounded up: never early. */
  return wait_ns > UINT64_MAX - now_ns - 999999 ? UINT64_MAX / 1000000 : (now_ns + wait_ns + 999999) / 1000000;
}

size_t throttle_take(struct worker *worker, struct connection *connection, int source, size_t most) {
  struct limit *limit = connection->throttle->limit;
  struct turn *turn = &connection->throttle->turns[source];
  if (turn->link) return 0;
  if (limit_is_off(limit, source)) return most;
  size_t unread = turn->ticket.bytes ? turn->ticket.bytes : socket_unread(connection->end[source].fd);
  uint64_t wait_ns = limit_ask(limit, source, &turn->ticket, most, unread);
  if (!wait_ns) return turn->ticket.bytes < most ? turn->ticket.bytes : most;
  turn->due_ms = due_after(wait_ns);
  join_wheel(worker, turn);
  return 0;
}

void throttle_settle(struct connection *connection, int source, size_t used) {
  limit_settle(connection->throttle->limit, source, &connection->throttle->turns[source].ticket, used);
}

bool throttle_is_waiting(const struct connection *connection) {
  const struct throttle *throttle = connection->throttle;
  return throttle && (throttle->turns[SIDE_CLIENT].link || throttle->turns[SIDE_UPSTREAM].link);
}

static void take_up(struct worker *worker, struct turn *turn) {
  leave_wheel(worker, turn);
  worker_queue(worker, turn->connection);
}

void throttle_run(struct worker *worker) {
  uint64_t now = worker->now_ms;
  if (now > worker->turns_ms + WHEEL_SLOTS) worker->turns_ms = now - WHEEL_SLOTS;
  while (worker->turns_ms < now && worker->turns_busy) {
    uint32_t slot = (uint32_t)(++worker->turns_ms % WHEEL_SLOTS);
    for (struct turn *turn = worker->turns[slot], *next; turn; turn = next) {
      next = turn->next;
      if (turn->due_ms <= now) {
        take_up(worker, turn);
      } else {
        leave_wheel(worker, turn);
        join_wheel(worker, turn);
      }
    }
  }
  worker->turns_ms = now;
}

void throttle_wake(struct worker *worker, const struct limit *limit) {
  for (uint32_t slot = 0; slot < WHEEL_SLOTS; slot++) {
    for (struct turn *turn = worker->turns[slot], *next; turn; turn = next) {
      next = turn->next;
      if (turn->connection->throttle->limit == limit) take_up(worker, turn);
    }
  }
}

int throttle_wait_ms(const struct worker *worker) {
  if (!worker->turns_busy) return -1;
  uint32_t shift = (uint32_t)((worker->turns_ms + 1) % WHEEL_SLOTS);
  uint64_t rotated = shift ? (worker->turns_busy >> shift) | (worker->turns_busy << (WHEEL_SLOTS - shift))
                           : worker->turns_busy;
  uint64_t due_ms = worker->turns_ms + 1 + (uint64_t)__builtin_ctzll(rotated);
  return due_ms > worker->now_ms ? (int)(due_ms - worker->now_ms) : 0;
}
