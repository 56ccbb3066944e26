/*
 * A coarse wheel: a connection sits in the slot of its next deadline and is looked at again when that slot comes
 * round. Bytes moving only change `active_ms`; the deadline is worked out anew when the slot fires, so an active
 * session costs the wheel nothing. Deadlines beyond the wheel's span (4 s) come round several times.
 */
#include "connection.h"
#include "worker.h"

static uint64_t tick_of(uint64_t ms) { return ms / WHEEL_TICK_MS; }

void timer_cancel(struct worker *worker, struct connection *connection) {
  if (!connection->timer_link) return;
  *connection->timer_link = connection->timer_next;
  if (connection->timer_next) connection->timer_next->timer_link = connection->timer_link;
  connection->timer_link = NULL;
  if (!worker->wheel[connection->timer_slot]) worker->wheel_busy &= ~(1ull << connection->timer_slot);
}

void timer_arm(struct worker *worker, struct connection *connection) {
  timer_cancel(worker, connection);
  uint64_t deadline = connection_deadline(worker, connection);
  if (deadline == CONNECTION_NO_DEADLINE) return;
  if (!worker->wheel_busy) worker->wheel_tick = tick_of(worker->now_ms);
  /* Rounded up: never early. */
  uint64_t tick = tick_of(deadline) + 1;
  if (tick <= worker->wheel_tick) tick = worker->wheel_tick + 1;
  if (tick >= worker->wheel_tick + WHEEL_SLOTS) tick = worker->wheel_tick + WHEEL_SLOTS - 1;
  uint32_t slot = (uint32_t)(tick % WHEEL_SLOTS);
  struct connection **head = &worker->wheel[slot];
  connection->timer_slot = slot;
  connection->timer_next = *head;
  if (*head) (*head)->timer_link = &connection->timer_next;
  connection->timer_link = head;
  *head = connection;
  worker->wheel_busy |= 1ull << slot;
}

void timer_run(struct worker *worker) {
  uint64_t now = tick_of(worker->now_ms);
  if (now > worker->wheel_tick + WHEEL_SLOTS) worker->wheel_tick = now - WHEEL_SLOTS;
  while (worker->wheel_tick < now && worker->wheel_busy) {
    uint32_t slot = (uint32_t)(++worker->wheel_tick % WHEEL_SLOTS);
    /* Detach the slot first: looking at a connection may put it (or another) back on the wheel. */
    struct connection *due = worker->wheel[slot];
    worker->wheel[slot] = NULL;
    worker->wheel_busy &= ~(1ull << slot);
    struct connection *list = due;
    if (list) list->timer_link = &list;
    while (list) {
      struct connection *connection = list;
      timer_cancel(worker, connection);
      connection_check_deadline(worker, connection);
      if (connection->is_open && !connection->timer_link) timer_arm(worker, connection);
    }
  }
  worker->wheel_tick = now;
}

int timer_wait_ms(const struct worker *worker) {
  if (!worker->wheel_busy) return -1;
  uint32_t shift = (uint32_t)((worker->wheel_tick + 1) % WHEEL_SLOTS);
  uint64_t rotated = shift ? (worker->wheel_busy >> shift) | (worker->wheel_busy << (WHEEL_SLOTS - shift))
                           : worker->wheel_busy;
  uint64_t tick = worker->wheel_tick + 1 + (uint64_t)__builtin_ctzll(rotated);
  uint64_t due_ms = tick * WHEEL_TICK_MS;
  return due_ms > worker->now_ms ? (int)(due_ms - worker->now_ms) : 0;
}
