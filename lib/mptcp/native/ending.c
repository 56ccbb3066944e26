/* How connections end: by themselves, by their owner, by a peer that breaks, or by the clock. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "connection.h"
#include "fullinfo.h"
#include "socket.h"

/* How long the peers have to answer our FIN with theirs after all was delivered (nginx: lingering_timeout). */
#define LINGER_MS 1000
/* How often a finished session asks whether the last bytes were acknowledged, where no event says so. */
#define DRAIN_CHECK_MS 128
/* How long a peer may take nothing of the last bytes of a session that ended by itself. */
#define DRAIN_LIMIT_MS 60000
/* And how long it may take for them in all. */
#define ENDING_LIMIT_MS 3600000
/*
 * How long an MPTCP peer that sent its FIN may take nothing of what waits for it. TCP answers bytes for a closed socket
 * with RST; MPTCP lets them fill the window and says nothing until net.mptcp.close_timeout, 60 s (mptcp_close_tout_expired
 * in Linux's net/mptcp/protocol.c), so that abandoned transfers would hold megabytes each.
 */
#define DEAF_LIMIT_MS 10000
#define DEAF_LOOK_MS 2000
/* On the way to a peer whose window is closed is a probe at the most; more, and it is the path that is away. */
#define PROBE_BYTES 2048

void connection_close_end(struct end *end, bool is_reset) {
  if (end->fd < 0) return;
  if (is_reset) {
    socket_reset(end->fd);
  } else {
    close(end->fd);
  }
  end->fd = -1;
  free(end->remembered);
  end->remembered = NULL;
}

void connection_drop_answer(struct connection *connection) {
  free(connection->answer);
  connection->answer = NULL;
}

void connection_close(struct worker *worker, struct connection *connection, enum close_reason reason, int error,
                      bool is_reset) {
  timer_cancel(worker, connection);
  throttle_set(worker, connection, NULL);
  connection_drop_answer(connection);
  rival_close_all(connection);
  if (connection->is_announced) event_closed(worker, connection, reason, error);
  for (int side = 0; side < SIDES; side++) {
    flow_drop(worker, &connection->flow[side]);
    connection_close_end(&connection->end[side], is_reset || connection->end[side].has_error);
  }
  engine_release(worker->engine, connection->is_relayed);
  slot_return(worker, connection);
}

/* What this side's peer has not acknowledged. Another number than at the last look is a sign of life. */
static uint32_t look_at_waiting(const struct worker *worker, struct connection *connection, int side) {
  struct end *end = &connection->end[side];
  uint32_t waiting = (uint32_t)socket_unacknowledged(end->fd);
  if (waiting != end->waiting) connection->active_ms = worker->now_ms;
  end->waiting = waiting;
  return waiting;
}

static void start_end_clock(const struct worker *worker, struct connection *connection) {
  for (int side = 0; side < SIDES; side++) look_at_waiting(worker, connection, side);
  connection->active_ms = worker->now_ms;
  connection->end_deadline_ms = worker->now_ms + ENDING_LIMIT_MS;
}

void connection_end(struct worker *worker, struct connection *connection, enum close_reason reason, int error) {
  throttle_set(worker, connection, NULL);
  connection->is_ending = true;
  connection->is_draining = false;
  connection->end_reason = (uint8_t)reason;
  connection->end_error = error;
  start_end_clock(worker, connection);
  if (!connection->is_connected) {
    connection->is_connecting = connection->has_syn_block = false;
    connection_drop_answer(connection);
    rival_close_all(connection);
    connection_close_end(&connection->end[SIDE_UPSTREAM], true);
    flow_drop(worker, &connection->flow[SIDE_CLIENT]);
  }
  for (int side = 0; side < SIDES; side++) connection->flow[side].mode = FLOW_DISCARD;
  timer_arm(worker, connection);
  worker_queue(worker, connection);
}

void connection_fail(struct worker *worker, struct connection *connection, int side, int error) {
  struct end *upstream = &connection->end[SIDE_UPSTREAM];
  if (connection->is_ending) {
    connection_close(worker, connection, connection->end_reason, connection->end_error, upstream->is_broken);
    return;
  }
  if (error == 0) error = ECONNRESET;
  struct flow *upload = &connection->flow[SIDE_CLIENT];
  uint8_t download_mode = connection->flow[SIDE_UPSTREAM].mode;
  bool is_unread = download_mode == FLOW_TALK ||
                   (download_mode == FLOW_RELAY && !upstream->is_ended && !upstream->is_broken);
  if (side == SIDE_UPSTREAM && connection->is_connected && is_unread) {
    /*
     * What the server sent before it broke is still to be read, and reading finds the error behind it. In conversation
     * that is told as its end: JavaScript may ask another one.
     */
    flow_drop(worker, upload);
    throttle_cancel(worker, connection, SIDE_CLIENT);
    if (upload->mode == FLOW_RELAY) upload->mode = FLOW_DISCARD;
    upstream->has_error = upstream->is_readable = upstream->must_drain = true;
    worker_queue(worker, connection);
    return;
  }
  if (side == SIDE_UPSTREAM && connection->is_relayed && !connection->end[SIDE_CLIENT].has_error) {
    /*
     * The client gets all that the server sent, and then FIN where the server had sent its own (an early answer, after
     * which it refused the rest of the upload), else RST.
     */
    upstream->has_error = true;
    flow_drop(worker, upload);
    connection_end(worker, connection, REASON_UPSTREAM_RESET, error);
    return;
  }
  enum close_reason reason = side == SIDE_UPSTREAM    ? REASON_UPSTREAM_RESET
                             : connection->is_relayed ? REASON_CLIENT_RESET
                                                      : REASON_CLIENT_GONE;
  connection_close(worker, connection, reason, error, true);
}

/*
 * Whether the peers acknowledged everything, our FIN too: DRAIN_LOST where one is gone that did not acknowledge data
 * (a missing acknowledgement of the FIN alone loses nothing), `*lost_side` saying which.
 */
enum drain { DRAIN_DONE, DRAIN_WAIT, DRAIN_LOST };

static enum drain check_drain(const struct connection *connection, int *lost_side) {
  for (int side = 0; side < SIDES; side++) {
    const struct end *end = &connection->end[side];
    int left = end->fd >= 0 && !end->has_error ? socket_unacknowledged(end->fd) : 0;
    if (left <= 0) continue;
    if (!fullinfo_is_closed(end->fd, end->is_mptcp)) return DRAIN_WAIT;
    *lost_side = side;
    if (left > 1) return DRAIN_LOST;
  }
  return DRAIN_DONE;
}

/* Whether all that is for this side was given to its socket, with FIN unless it comes from a server that broke. */
static bool is_given(const struct connection *connection, int side) {
  const struct end *end = &connection->end[side];
  return end->fd < 0 || end->is_shut ||
         (connection->end[!side].is_broken && !flow_has_pending(&connection->flow[!side]));
}

static void settle_ending(struct worker *worker, struct connection *connection) {
  bool is_broken = connection->end[SIDE_UPSTREAM].is_broken;
  bool is_answered = true;
  for (int side = 0; side < SIDES; side++) {
    const struct end *end = &connection->end[side];
    if (!is_given(connection, side)) return;
    is_answered &= end->fd < 0 || end->is_ended || end->has_error;
  }
  int lost_side = SIDE_CLIENT;
  connection->is_draining = check_drain(connection, &lost_side) == DRAIN_WAIT;
  if (connection->is_draining) {
    timer_arm(worker, connection);
  } else if (is_answered || is_broken) {
    connection_close(worker, connection, connection->end_reason, connection->end_error, is_broken);
  } else if (!connection->is_lingering) {
    connection->is_lingering = true;
    connection->end_deadline_ms = worker->now_ms + LINGER_MS;
    timer_arm(worker, connection);
  }
}

/* Both directions are over: close as soon as the last bytes are acknowledged. */
static void settle_finished(struct worker *worker, struct connection *connection) {
  int lost_side = SIDE_CLIENT;
  switch (check_drain(connection, &lost_side)) {
    case DRAIN_DONE:
      connection_close(worker, connection, REASON_FINISHED, 0, false);
      return;
    case DRAIN_LOST:
      connection_close(worker, connection, lost_side ? REASON_UPSTREAM_RESET : REASON_CLIENT_RESET, ECONNRESET, true);
      return;
    default:
      if (connection->is_draining) return;
      connection->is_draining = true;
      start_end_clock(worker, connection);
      timer_arm(worker, connection);
  }
}

void connection_settle(struct worker *worker, struct connection *connection) {
  if (connection->is_ending) {
    settle_ending(worker, connection);
    return;
  }
  if (!connection->is_relayed || !flow_is_over(connection, SIDE_UPSTREAM)) return;
  if (connection->flow[SIDE_CLIENT].mode == FLOW_TALK) {
    /* The client cannot be answered any more, so there is nothing left to talk about. */
    connection_end(worker, connection, REASON_FINISHED, 0);
  } else if (flow_is_over(connection, SIDE_CLIENT)) {
    settle_finished(worker, connection);
  }
}

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* Whether this peer may have closed rather than ended its direction: of MPTCP nobody says which. */
static bool may_be_deaf(const struct connection *connection, int side) {
  const struct end *end = &connection->end[side];
  return connection->is_relayed && end->is_mptcp && end->is_ended && !end->is_shut;
}

static bool is_deaf(const struct worker *worker, struct connection *connection, int side) {
  const struct end *end = &connection->end[side];
  if (!may_be_deaf(connection, side) || end->is_writable) return false;
  uint32_t waiting = look_at_waiting(worker, connection, side);
  return worker->now_ms >= connection->active_ms + DEAF_LIMIT_MS &&
         waiting - fullinfo_get_unsent(end->fd) < PROBE_BYTES;
}

/* When the time of what it is doing is over. */
static uint64_t activity_deadline(const struct worker *worker, const struct connection *connection) {
  const struct engine_options *options = engine_get_options(worker->engine);
  uint64_t deadline = CONNECTION_NO_DEADLINE;
  if (!connection->is_relayed && !connection->is_connecting)
    deadline = connection->handshake_ms + options->handshake_timeout_ms;
  uint32_t idle_timeout_ms = options->idle_timeout_ms;
  if (connection->is_relayed && idle_timeout_ms) deadline = connection->active_ms + idle_timeout_ms;
  if (connection->is_connecting) deadline = earlier(deadline, connection->connect_deadline_ms);
  return deadline;
}

/* When it has ended or is cut: the peers may take their time, but not stand still. */
static uint64_t ending_deadline(const struct worker *worker, const struct connection *connection) {
  if (connection->is_lingering) return connection->end_deadline_ms;
  bool is_by_owner = connection->is_ending && connection->end_reason == REASON_CLOSED_BY_OWNER;
  uint64_t patience_ms = engine_get_options(worker->engine)->handshake_timeout_ms;
  if (!is_by_owner && patience_ms < DRAIN_LIMIT_MS) patience_ms = DRAIN_LIMIT_MS;
  return earlier(connection->active_ms + patience_ms, connection->end_deadline_ms);
}

uint64_t connection_deadline(const struct worker *worker, const struct connection *connection) {
  uint64_t drain_ms = connection->is_draining ? worker->now_ms + DRAIN_CHECK_MS : CONNECTION_NO_DEADLINE;
  if (connection->is_draining || connection->is_ending) return earlier(drain_ms, ending_deadline(worker, connection));
  uint64_t deadline = activity_deadline(worker, connection);
  for (int side = 0; side < SIDES; side++)
    if (may_be_deaf(connection, side)) deadline = earlier(deadline, worker->now_ms + DEAF_LOOK_MS);
  return deadline;
}

void connection_check_deadline(struct worker *worker, struct connection *connection) {
  uint64_t now = worker->now_ms;
  if (connection->is_ending || connection->is_draining)
    for (int side = 0; side < SIDES; side++) look_at_waiting(worker, connection, side);
  if (connection->is_ending && now >= ending_deadline(worker, connection)) {
    /* Not lingering means not delivered: the peer must not take it for a whole answer. */
    connection_close(worker, connection, connection->end_reason, connection->end_error, !connection->is_lingering);
  } else if (connection->is_ending) {
    if (connection->is_draining) settle_ending(worker, connection);
  } else if (connection->is_draining) {
    if (now < ending_deadline(worker, connection)) {
      settle_finished(worker, connection);
    } else {
      connection_close(worker, connection, REASON_IDLE_TIMEOUT, ETIMEDOUT, true);
    }
  } else {
    if (connection->is_connecting && now >= connection->connect_deadline_ms)
      connection_time_out_connect(worker, connection);
    /* Who waits for a turn is not idle, however small the rate. */
    if (throttle_is_waiting(connection)) connection->active_ms = now;
    for (int side = 0; side < SIDES; side++) {
      if (!is_deaf(worker, connection, side)) continue;
      connection_fail(worker, connection, side, ETIMEDOUT);
      return;
    }
    if (now < activity_deadline(worker, connection)) return;
    enum close_reason reason = connection->is_relayed ? REASON_IDLE_TIMEOUT : REASON_HANDSHAKE_TIMEOUT;
    connection_close(worker, connection, reason, ETIMEDOUT, connection->is_relayed);
  }
}
