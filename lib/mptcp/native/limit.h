/*
 * A limit on relayed bytes that connections share, on whichever thread they are: one bucket of tokens each direction.
 *
 * Who may not read at once takes a ticket: how much, and from which place in the stream of all bytes that the limit
 * will ever let pass. Tickets come due in the order they were taken and each waits for its own moment, so that every
 * waiting connection gets a like part and none is woken in vain. All functions may be called from any thread.
 */
#ifndef TWINPATH_LIMIT_H
#define TWINPATH_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIMIT_DIRECTIONS 2

struct limit;

/* Leave to read `bytes` (0: no ticket) once the limit has let `start` bytes pass. */
struct ticket {
  uint64_t epoch, start;
  uint32_t bytes;
  bool is_waiting;
};

/* Without any rate yet, and with one reference. NULL: out of memory. */
struct limit *limit_create(void);
struct limit *limit_keep(struct limit *limit);
/* Give one reference back; the last one frees. */
void limit_release(struct limit *limit);

/*
 * Bytes a second for each direction, 0 for none. Tickets of a direction whose rate changes are void. False where
 * nothing changed; else who waits must ask again.
 */
bool limit_set(struct limit *limit, const uint64_t rates[LIMIT_DIRECTIONS]);
bool limit_is_off(const struct limit *limit, int direction);

/*
 * Fill in a ticket of at most `most` bytes where there is none, or ask again about the one there is. `unread` is what
 * the source has to give; with 0 (its end, perhaps) nobody has to wait.
 * Returns 0 where the bytes may be read now, else after how many nanoseconds to ask again.
 */
uint64_t limit_ask(struct limit *limit, int direction, struct ticket *ticket, size_t most, size_t unread);
/* The ticket is done with: `used` bytes of it were read, the others are for all again. */
void limit_settle(struct limit *limit, int direction, struct ticket *ticket, size_t used);

#endif
