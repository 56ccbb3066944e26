/*
 * A connection's part in a limit, and the wheel of those that wait for their turn to read. A limited connection stops
 * reading its source, whose sender then fills the socket's receive buffer and stops; what was read is always written.
 */
#ifndef TWINPATH_THROTTLE_H
#define TWINPATH_THROTTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "limit.h"

struct worker;
struct connection;
struct throttle;

/* Keeps a reference of the limit. NULL: out of memory. */
struct throttle *throttle_create(struct limit *limit);
/* One that no connection has. */
void throttle_free(struct throttle *throttle);

/* Give the connection this throttle (or none) in place of the one it has. */
void throttle_set(struct worker *worker, struct connection *connection, struct throttle *throttle);
/* Stop waiting and give the ticket of this direction back. */
void throttle_cancel(struct worker *worker, struct connection *connection, int source);

/* For connections with a throttle. Returns how much (at most `most`) may be read now; 0: the wheel will tell. */
size_t throttle_take(struct worker *worker, struct connection *connection, int source, size_t most);
/* After throttle_take and the read: what of it was used. */
void throttle_settle(struct connection *connection, int source, size_t used);

/* Any connection: whether one of its directions waits for its turn. */
bool throttle_is_waiting(const struct connection *connection);

/* Put those whose moment has come on the ready list. */
void throttle_run(struct worker *worker);
/* The same for all that wait for this limit, whose rate changed. */
void throttle_wake(struct worker *worker, const struct limit *limit);
/* Milliseconds until the wheel must run next; -1: it is empty. */
int throttle_wait_ms(const struct worker *worker);

#endif
