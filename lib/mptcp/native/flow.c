/*
 * Bytes from one socket of a connection to the other.
 *
 * Small reads through the thread's scratch buffer come first. Between two TCP sockets a source that fills one is
 * busy and is spliced through a pipe from then on. MPTCP can neither be spliced from (before Linux 7.0) nor to without
 * a copy, and one large copy beats sixteen pages at a time: measured, TCP to MPTCP costs 0.25 s/GB with 2 MB reads and
 * 0.43 through a pipe. Buffers and pipes go back to the thread's pool as soon as the source is dry. Nothing is read
 * while the other side cannot take it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "connection.h"
#include "socket.h"

#define TALK_BYTES (16u << 10)
#define QUEUE_PARTS 16
#define SMALL_BYTES (64u << 10)
/* A first read where splicing does not pay: large enough to tell a busy source, small enough to stay in the cache. */
#define MEDIUM_BYTES (256u << 10)
/* What one flow may move before others have their turn. */
#define TURN_BYTES (1u << 20)

bool flow_has_pending(const struct flow *flow) { return flow->held || flow->pipe_length || flow->queue; }

bool flow_is_over(const struct connection *connection, int source) {
  return connection->end[source].is_ended && connection->end[!source].is_shut &&
         !flow_has_pending(&connection->flow[source]);
}

static void drop_held(struct worker *worker, struct flow *flow) {
  if (!flow->held) return;
  if (flow->is_held_large) {
    pool_return_large(&worker->pool, flow->held);
  } else {
    free(flow->held);
  }
  flow->held = NULL;
}

static void drop_block(struct flow *flow) {
  struct block *block = flow->queue;
  flow->queue = block->next;
  if (!flow->queue) flow->queue_tail = NULL;
  free(block);
}

void flow_put_first(struct flow *flow, struct block *block) {
  block->next = flow->queue;
  flow->queue = block;
  if (!flow->queue_tail) flow->queue_tail = block;
}

void flow_skip(struct flow *flow, size_t bytes) {
  struct block *block = flow->queue;
  block->offset += (uint32_t)bytes;
  block->length -= (uint32_t)bytes;
  if (!block->length) drop_block(flow);
}

static void return_pipe(struct worker *worker, struct flow *flow) {
  pool_return_pipe(&worker->pool, &flow->pipe, flow->pipe_length == 0);
}

void flow_drop(struct worker *worker, struct flow *flow) {
  drop_held(worker, flow);
  return_pipe(worker, flow);
  flow->pipe_length = 0;
  while (flow->queue) drop_block(flow);
}

static void count(struct worker *worker, struct connection *connection, int source, size_t bytes) {
  connection->flow[source].bytes += bytes;
  connection->active_ms = worker->now_ms;
  _Atomic uint64_t *total = source == SIDE_CLIENT ? &worker->upload_bytes : &worker->download_bytes;
  atomic_store_explicit(total, atomic_load_explicit(total, memory_order_relaxed) + bytes, memory_order_relaxed);
}

/* send(); 0 and is_writable false where the socket takes no more now, -errno where it broke. */
static ssize_t send_some(struct end *out, const void *bytes, size_t length) {
  ssize_t sent = send(out->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return -errno;
  if (sent < 0) sent = 0;
  if ((size_t)sent < length) out->is_writable = false;
  return sent;
}

/* What is queued leaves with one call, so that small answers share a segment. Returns 0 or -errno. */
static int send_queue(struct worker *worker, struct connection *connection, int source) {
  struct flow *flow = &connection->flow[source];
  struct end *out = &connection->end[!source];
  struct iovec parts[QUEUE_PARTS];
  size_t part_count = 0, length = 0;
  for (struct block *block = flow->queue; block && part_count < QUEUE_PARTS; block = block->next) {
    parts[part_count++] = (struct iovec){.iov_base = block->bytes + block->offset, .iov_len = block->length};
    length += block->length;
  }
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = part_count};
  ssize_t sent = sendmsg(out->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno != EAGAIN && errno != EINTR) return -errno;
  if (sent < 0) sent = 0;
  if ((size_t)sent < length) out->is_writable = false;
  for (size_t left = (size_t)sent; left > 0;) {
    struct block *block = flow->queue;
    uint32_t taken = left < block->length ? (uint32_t)left : block->length;
    block->offset += taken;
    block->length -= taken;
    left -= taken;
    if (block->is_relayed) count(worker, connection, source, taken);
    if (!block->length) drop_block(flow);
  }
  return 0;
}

/* Give pending bytes to the other socket. Returns 0: none are left, 1: it takes no more now, -errno: it broke. */
static int flush(struct worker *worker, struct connection *connection, int source) {
  struct flow *flow = &connection->flow[source];
  struct end *out = &connection->end[!source];
  if (!flow_has_pending(flow)) return 0;
  if (out->fd < 0 || (!source && !connection->is_connected)) return 1;
  while (flow_has_pending(flow)) {
    if (!out->is_writable) return 1;
    if (flow->held) {
      ssize_t sent = send_some(out, flow->held + flow->held_offset, flow->held_length);
      if (sent < 0) return (int)sent;
      count(worker, connection, source, (size_t)sent);
      flow->held_offset += (uint32_t)sent;
      flow->held_length -= (uint32_t)sent;
      if (!flow->held_length) drop_held(worker, flow);
    } else if (flow->pipe_length) {
      ssize_t sent = splice(flow->pipe.read_fd, NULL, out->fd, NULL, flow->pipe_length,
                            SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
      if (sent < 0 && errno != EAGAIN && errno != EINTR) return -errno;
      if (sent <= 0) {
        out->is_writable = false;
        return 1;
      }
      count(worker, connection, source, (size_t)sent);
      flow->pipe_length -= (uint32_t)sent;
    } else {
      int error = send_queue(worker, connection, source);
      if (error) return error;
      connection->active_ms = worker->now_ms;
    }
  }
  return 0;
}

static enum flow_result fail(struct worker *worker, struct connection *connection, int side, int error) {
  connection_fail(worker, connection, side, error);
  return FLOW_GONE;
}

static void shut(struct end *out) {
  if (out->is_shut) return;
  out->is_shut = true;
  event_remember(out);
  shutdown(out->fd, SHUT_WR);
}

/* Keep what the other socket did not take of the scratch buffer: swapped for a fresh one where it is much. */
static int hold(struct worker *worker, struct flow *flow, size_t offset, size_t length) {
  uint8_t *large = length > SMALL_BYTES && pool_has_large(&worker->pool) ? pool_take_scratch(&worker->pool) : NULL;
  flow->is_held_large = large != NULL;
  flow->held = large ? large : malloc(length);
  if (!flow->held) return -ENOMEM;
  if (!large) memcpy(flow->held, worker->pool.scratch + offset, length);
  flow->held_offset = large ? (uint32_t)offset : 0;
  flow->held_length = (uint32_t)length;
  return 0;
}

static bool can_splice(const struct connection *connection, int source) {
  return !connection->end[source].is_mptcp && !connection->end[!source].is_mptcp;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* Splice at most `most` from the source into the pipe. Returns the bytes, 0 at the end or urgent data, -errno. */
static ssize_t fill_pipe(struct flow *flow, struct end *in, size_t most) {
  ssize_t got = splice(in->fd, NULL, flow->pipe.write_fd, NULL, smaller(most, POOL_PIPE_BYTES),
                       SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (got < 0) return -errno;
  flow->pipe_length = (uint32_t)got;
  return got;
}

/*
 * Read at most `most` once and pass it on. Returns the bytes, 0 at the end, -errno of the source; *write_error of the
 * other side.
 */
static ssize_t copy_once(struct worker *worker, struct connection *connection, int source, size_t most,
                         int *write_error) {
  struct flow *flow = &connection->flow[source];
  struct end *in = &connection->end[source], *out = &connection->end[!source];
  bool is_large = !can_splice(connection, source) && pool_has_large(&worker->pool);
  size_t wanted = !is_large ? SMALL_BYTES : flow->is_busy ? POOL_LARGE_BYTES : MEDIUM_BYTES;
  size_t size = smaller(most, wanted);
  ssize_t got = recv(in->fd, worker->pool.scratch, size, MSG_DONTWAIT);
  if (got < 0) return -errno;
  if (got == 0) return 0;
  flow->is_busy = (size_t)got == wanted || (flow->is_busy && (size_t)got >= SMALL_BYTES);
  /* A short read from TCP empties it: the next bytes bring a new event. MPTCP is asked until it says so. */
  if ((size_t)got < size && !in->is_mptcp && !in->must_drain) in->is_readable = false;
  ssize_t sent = send_some(out, worker->pool.scratch, (size_t)got);
  if (sent < 0) {
    *write_error = (int)sent;
    return got;
  }
  count(worker, connection, source, (size_t)sent);
  if (sent < got) *write_error = hold(worker, flow, (size_t)sent, (size_t)(got - sent));
  return got;
}

static enum flow_result relay(struct worker *worker, struct connection *connection, int source) {
  struct flow *flow = &connection->flow[source];
  struct end *in = &connection->end[source], *out = &connection->end[!source];
  size_t moved = 0;
  for (;;) {
    int left = flush(worker, connection, source);
    if (left < 0) return fail(worker, connection, !source, -left);
    if (left > 0) return FLOW_WAIT;
    if (flow->is_limited && flow->limit == 0) {
      flow->mode = FLOW_TALK;
      flow->is_limited = flow->is_busy = false;
      return_pipe(worker, flow);
      event_simple(worker, connection, WIRE_LIMIT, (uint8_t)source);
      return FLOW_WAIT;
    }
    if (in->is_ended || !in->is_readable || !out->is_writable) {
      return_pipe(worker, flow);
      if (in->is_ended) shut(out);
      return FLOW_WAIT;
    }
    if (moved >= TURN_BYTES) return FLOW_MORE;
    size_t most = flow->is_limited ? (size_t)flow->limit : SIZE_MAX;
    if (connection->throttle) most = throttle_take(worker, connection, source, most);
    if (most == 0) {
      /* A client that broke off wants nothing delivered any more; a server's bytes are. */
      if (in->has_error && source == SIDE_CLIENT) return fail(worker, connection, source, socket_take_error(in->fd));
      return_pipe(worker, flow);
      return FLOW_WAIT;
    }
    bool is_spliced = flow->is_busy && !in->has_urgent && can_splice(connection, source);
    if (is_spliced && flow->pipe.read_fd < 0 &&
        (!pool_has_pipe(&worker->pool) || pool_take_pipe(&worker->pool, &flow->pipe)))
      is_spliced = false;
    int write_error = 0;
    ssize_t got = is_spliced ? fill_pipe(flow, in, most) : copy_once(worker, connection, source, most, &write_error);
    if (connection->throttle) throttle_settle(connection, source, got > 0 ? (size_t)got : 0);
    if (write_error) return fail(worker, connection, !source, -write_error);
    if (got == -EINTR) continue;
    if (got == 0 && is_spliced) {
      /* Its end, or urgent data that no event has told of yet, with the end behind it: reading says which. */
      flow->is_busy = false;
      continue;
    }
    if (got == -EAGAIN) {
      in->is_readable = false;
      if (moved < SMALL_BYTES) flow->is_busy = false;
    } else if (got < 0 || (got == 0 && in->has_error)) {
      in->is_broken = true;
      return fail(worker, connection, source, got < 0 ? (int)-got : ECONNRESET);
    } else if (got == 0) {
      in->is_ended = true;
      timer_arm(worker, connection);
    } else {
      moved += (size_t)got;
      if (flow->is_limited) flow->limit -= (uint64_t)got;
    }
  }
}

/* The first bytes of the client make the connection known to JavaScript; one that says nothing stays unknown. */
static enum flow_result talk(struct worker *worker, struct connection *connection, int source) {
  struct end *in = &connection->end[source];
  int left = flush(worker, connection, source);
  if (left < 0) return fail(worker, connection, !source, -left);
  if (left > 0 || !in->is_read_wanted) return FLOW_WAIT;
  if (!in->is_ended) {
    if (!in->is_readable || (source && !connection->is_connected)) return FLOW_WAIT;
    uint8_t *bytes = worker->pool.scratch;
    size_t most = TALK_BYTES;
    /* What an exchange brings is limited as what is relayed is; a handshake is not. */
    bool is_throttled = connection->throttle && connection->is_relayed;
    if (is_throttled) most = throttle_take(worker, connection, source, most);
    if (most == 0) return FLOW_WAIT;
    ssize_t got = recv(in->fd, bytes, most, MSG_DONTWAIT);
    int error = errno;
    if (is_throttled) throttle_settle(connection, source, got > 0 ? (size_t)got : 0);
    if (got < 0 && error == EINTR) return FLOW_MORE;
    if (got < 0 && error == EAGAIN) {
      in->is_readable = false;
      return FLOW_WAIT;
    }
    if (got < 0 || (got == 0 && in->has_error)) {
      /* A server that broke is told as its end; who asked it knows whether that is one. */
      if (source == SIDE_CLIENT) return fail(worker, connection, source, got < 0 ? error : ECONNRESET);
      in->has_error = true;
      got = 0;
    }
    in->is_read_wanted = false;
    if (got == 0 && !connection->is_announced) {
      connection_close(worker, connection, REASON_CLIENT_GONE, 0, false);
      return FLOW_GONE;
    }
    if (got > 0 && !connection->is_announced) {
      connection->is_announced = true;
      event_accepted(worker, connection, NULL, bytes, (size_t)got);
    } else if (got > 0) {
      event_data(worker, connection, source, bytes, (size_t)got);
    }
    if (got > 0) return FLOW_WAIT;
    in->is_ended = true;
  }
  in->is_read_wanted = false;
  event_simple(worker, connection, WIRE_END, (uint8_t)source);
  return FLOW_WAIT;
}

static enum flow_result discard(struct worker *worker, struct connection *connection, int source) {
  struct end *in = &connection->end[source], *out = &connection->end[!source];
  int left = flush(worker, connection, source);
  if (left < 0) flow_drop(worker, &connection->flow[source]);
  if (left <= 0 && out->fd >= 0 && !in->is_broken) shut(out);
  if (left <= 0) return_pipe(worker, &connection->flow[source]);
  size_t moved = 0;
  while (in->fd >= 0 && in->is_readable && !in->is_ended && !in->is_broken) {
    if (moved >= TURN_BYTES) return FLOW_MORE;
    ssize_t got = recv(in->fd, worker->pool.scratch, MEDIUM_BYTES, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) {
      in->is_readable = false;
    } else if (got <= 0) {
      in->is_ended = true;
    } else {
      moved += (size_t)got;
    }
  }
  return FLOW_WAIT;
}

enum flow_result flow_run(struct worker *worker, struct connection *connection, int source) {
  switch (connection->flow[source].mode) {
    case FLOW_RELAY:
      /* Before the upstream is there only what was written to the client can go. */
      return (connection->is_connected ? relay : talk)(worker, connection, source);
    case FLOW_TALK:
      return talk(worker, connection, source);
    default:
      return discard(worker, connection, source);
  }
}
