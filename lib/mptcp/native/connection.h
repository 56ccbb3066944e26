/*
 * One connection: the accepted client, the dialled upstream, and what is between them. Ids are
 * thread (6 bits) | generation (27) | slot (20): 53 bits, safe in a JavaScript number, and never given twice.
 */
#ifndef TWINPATH_CONNECTION_H
#define TWINPATH_CONNECTION_H

#include "worker.h"

/* What epoll hands back: kind, side, generation and slot; a stale one finds no connection. */
#define CONNECTION_KEY_LISTENER (1ull << 62)
#define CONNECTION_KEY_WAKE (2ull << 62)
#define CONNECTION_KEY_KINDS (3ull << 62)
#define CONNECTION_KEY_UPSTREAM (1ull << (GENERATION_BITS + SLOT_BITS))
#define CONNECTION_KEY_ODD (CONNECTION_KEY_UPSTREAM << 1)
#define CONNECTION_KEY_RIVAL_SHIFT (GENERATION_BITS + SLOT_BITS + 2)
#define CONNECTION_KEY_RIVAL_MAX ((1u << 12) - 1)

#define CONNECTION_NO_DEADLINE UINT64_MAX

/* Returns NULL (and leaves `fd` and its admission alone) where there is no memory or no free slot. */
struct connection *connection_accept(struct worker *worker, const struct listener *listener, int fd);
uint64_t connection_id(const struct worker *worker, const struct connection *connection);
/* NULL where the id (or epoll key) is stale. */
struct connection *connection_find(struct worker *worker, uint64_t id);

/* slot.c */
struct connection *slot_take(struct worker *worker);
void slot_return(struct worker *worker, struct connection *connection);
/* NULL where no such slot was ever used. */
struct connection *slot_at(struct worker *worker, uint32_t slot);
/* Any thread may ask. */
bool slot_is_current(struct worker *worker, uint64_t id);
void slot_free_all(struct worker *worker);

/* Do whatever can be done now: flush, read, relay, end. Safe to call at any time. */
void connection_service(struct worker *worker, struct connection *connection);
void connection_on_event(struct worker *worker, struct connection *connection, int side, uint32_t events);

void connection_on_rival_event(struct worker *worker, struct connection *connection, uint32_t number, uint32_t events);

/*
 * `is_beside` while one is connecting: the first that connects is the upstream, all within the time of the first, each
 * failure told by itself. Otherwise: in conversation with an upstream it is reset, unsent bytes are dropped, and the new
 * one takes its place. Takes the block, which goes first (with the SYN where that works) and is dropped where the connect
 * fails; NULL: none. So is the target's answer, with which relaying begins.
 */
void connection_connect(struct worker *worker, struct connection *connection, struct connect_target *target,
                        struct block *with_syn);
void connection_relay(struct worker *worker, struct connection *connection, int64_t upload_limit);
/* From conversation: so many bytes of this side, which is in conversation again after them. */
void connection_pass(struct worker *worker, struct connection *connection, int source, uint64_t bytes);
/* The upstream is done with: it is closed, and another one may be dialled. What the client is still to get stays. */
void connection_hang_up(struct worker *worker, struct connection *connection);
void connection_read(struct worker *worker, struct connection *connection, int side);
/* Takes the throttle; NULL: no limit from now on. */
void connection_limit(struct worker *worker, struct connection *connection, struct throttle *throttle);
/* Of the side's socket, where there is one. */
void connection_bound_send_buffer(const struct connection *connection, int side, uint32_t bytes);
/* Takes the block. */
void connection_write(struct worker *worker, struct connection *connection, int side, struct block *block);

/* The connect under way is done (error 0) or has failed. */
void connection_finish_connect(struct worker *worker, struct connection *connection, int error);
/* The time of all attempts is over. */
void connection_time_out_connect(struct worker *worker, struct connection *connection);

/* ending.c */
/* Close the descriptor, where there is one. */
void connection_close_end(struct end *end, bool is_reset);
void connection_drop_answer(struct connection *connection);
/* Go on with an ending, or begin one where both directions are over. */
void connection_settle(struct worker *worker, struct connection *connection);
/* Close now. Sends the closed event where the connection was announced. */
void connection_close(struct worker *worker, struct connection *connection, enum close_reason reason, int error,
                      bool is_reset);
/* Deliver what is queued, send FIN both ways, wait a moment for the peers' FIN, close. */
void connection_end(struct worker *worker, struct connection *connection, enum close_reason reason, int error);
/*
 * A side broke, and both are reset. Where it is the server's the client gets first what the server had sent, and FIN in
 * place of the reset where that was all.
 */
void connection_fail(struct worker *worker, struct connection *connection, int side, int error);

uint64_t connection_deadline(const struct worker *worker, const struct connection *connection);
void connection_check_deadline(struct worker *worker, struct connection *connection);

/* rival.c */
/* Returns 0 or -errno. */
int rival_add(struct worker *worker, struct connection *connection, const struct connect_target *target);
/* What these events say of the attempt: 0 that it has connected, a positive errno, -EAGAIN nothing yet. */
int rival_take_error(struct connection *connection, uint32_t number, uint32_t events);
/* Its socket, which is the caller's now; the attempt must be there. */
int rival_take(struct connection *connection, uint32_t number);
/* Returns how many there were. */
uint32_t rival_close_all(struct connection *connection);

/* flow.c */
enum flow_result {
  FLOW_WAIT, /* nothing more until the next event */
  FLOW_MORE, /* its turn is over, there is more to do */
  FLOW_GONE, /* the connection was closed or its state changed: start over */
};
enum flow_result flow_run(struct worker *worker, struct connection *connection, int source);
bool flow_has_pending(const struct flow *flow);
/* Nothing can come any more, and everything was given to the other socket with its FIN. */
bool flow_is_over(const struct connection *connection, int source);
/* Put the block before everything that is queued. */
void flow_put_first(struct flow *flow, struct block *block);
/* Of the block at the head of the queue so many bytes were sent already. */
void flow_skip(struct flow *flow, size_t bytes);
/* Forget what is pending and give buffers and pipe back. */
void flow_drop(struct worker *worker, struct flow *flow);

/* events.c: one record each; returns 0 or -ENOMEM */
/* `original` NULL: there is none to tell. */
int event_accepted(struct worker *worker, const struct connection *connection, const struct sockaddr_storage *original,
                   const void *bytes, size_t length);
int event_data(struct worker *worker, const struct connection *connection, int side, const void *bytes,
               size_t length);
int event_simple(struct worker *worker, const struct connection *connection, enum wire_type type, uint8_t detail);
/* `is_relaying`: nobody waits for it. */
int event_connected(struct worker *worker, const struct connection *connection, bool is_relaying);
int event_connect_failed(struct worker *worker, const struct connection *connection, int error);
int event_closed(struct worker *worker, const struct connection *connection, enum close_reason reason, int error);
/* Keep an MPTCP socket's counters, which the kernel drops once both sides have ended. */
void event_remember(struct end *end);
/* One connection's counters with the transports of `sides` (bit mask), into any wire. */
void event_put_sample(struct wire *wire, const struct worker *worker, const struct connection *connection,
                      uint8_t sides);
/* What steering wants to know of one side: its transport, and what no subflow was given yet. */
void event_put_paths(struct wire *wire, const struct worker *worker, const struct connection *connection, int side);

#endif
