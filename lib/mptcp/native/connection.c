#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fullinfo.h"
#include "socket.h"

/* How long the peers have to answer our FIN with theirs after all was delivered (nginx: lingering_timeout). */
#define LINGER_MS 1000
/* How often a finished session asks whether the last bytes were acknowledged, where no event says so. */
#define DRAIN_CHECK_MS 128
/* How long a peer has to acknowledge the last bytes of a session that ended by itself. */
#define DRAIN_LIMIT_MS 60000

/* `operation`: EPOLL_CTL_ADD, or EPOLL_CTL_MOD for a socket that epoll knows already by another key. */
static bool open_end(struct worker *worker, struct connection *connection, int side, int fd, bool is_mptcp,
                     int operation) {
  struct end *end = &connection->end[side];
  *end = (struct end){.fd = fd, .is_mptcp = is_mptcp, .is_odd = end->is_odd};
  uint64_t key = connection_id(worker, connection) & (CONNECTION_KEY_UPSTREAM - 1);
  if (side == SIDE_UPSTREAM) key |= CONNECTION_KEY_UPSTREAM;
  if (end->is_odd) key |= CONNECTION_KEY_ODD;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET, .data.u64 = key};
  return epoll_ctl(worker->epoll_fd, operation, fd, &event) == 0;
}

/* Made known at once, for its first bytes may never come. */
static void announce_transparent(struct worker *worker, struct connection *connection) {
  struct end *client = &connection->end[SIDE_CLIENT];
  struct sockaddr_storage original;
  bool is_known = socket_original_destination(client->fd, &original) == 0;
  client->is_read_wanted = false;
  connection->is_announced = true;
  event_accepted(worker, connection, is_known ? &original : NULL, NULL, 0);
}

struct connection *connection_accept(struct worker *worker, const struct listener *listener, int fd) {
  struct connection *connection = slot_take(worker);
  if (!connection) {
    engine_release(worker->engine, false);
    return NULL;
  }
  connection->listener = (uint32_t)listener->id;
  connection->accepted_ms = connection->active_ms = worker->now_ms;
  connection->is_open = true;
  if (!open_end(worker, connection, SIDE_CLIENT, fd, socket_is_mptcp_object(fd), EPOLL_CTL_ADD)) {
    connection_close(worker, connection, REASON_CLIENT_GONE, errno, true);
    return connection;
  }
  struct end *client = &connection->end[SIDE_CLIENT];
  client->is_readable = client->is_writable = client->is_read_wanted = true;
  if (listener->is_transparent) announce_transparent(worker, connection);
  connection_service(worker, connection);
  if (connection->is_open) timer_arm(worker, connection);
  return connection;
}

static void close_end(struct end *end, bool is_reset) {
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

void connection_close(struct worker *worker, struct connection *connection, enum close_reason reason, int error,
                      bool is_reset) {
  timer_cancel(worker, connection);
  throttle_set(worker, connection, NULL);
  rival_close_all(connection);
  if (connection->is_announced) event_closed(worker, connection, reason, error);
  for (int side = 0; side < SIDES; side++) {
    flow_drop(worker, &connection->flow[side]);
    close_end(&connection->end[side], is_reset);
  }
  engine_release(worker->engine, connection->is_relayed);
  slot_return(worker, connection);
}

void connection_end(struct worker *worker, struct connection *connection, enum close_reason reason, int error) {
  throttle_set(worker, connection, NULL);
  connection->is_ending = true;
  connection->is_draining = false;
  connection->end_reason = (uint8_t)reason;
  connection->end_error = error;
  uint64_t limit_ms = engine_get_options(worker->engine)->handshake_timeout_ms;
  if (reason != REASON_CLOSED_BY_OWNER && limit_ms < DRAIN_LIMIT_MS) limit_ms = DRAIN_LIMIT_MS;
  connection->end_deadline_ms = worker->now_ms + limit_ms;
  if (!connection->is_connected) {
    connection->is_connecting = connection->has_syn_block = false;
    rival_close_all(connection);
    close_end(&connection->end[SIDE_UPSTREAM], true);
    flow_drop(worker, &connection->flow[SIDE_CLIENT]);
  }
  for (int side = 0; side < SIDES; side++) connection->flow[side].mode = FLOW_DISCARD;
  timer_arm(worker, connection);
  worker_queue(worker, connection);
}

void connection_fail(struct worker *worker, struct connection *connection, int side, int error) {
  if (connection->is_ending) {
    connection_close(worker, connection, connection->end_reason, connection->end_error, false);
    return;
  }
  if (error == 0) error = ECONNRESET;
  struct end *upstream = &connection->end[SIDE_UPSTREAM];
  if (side == SIDE_UPSTREAM && connection->is_relayed && connection->flow[SIDE_UPSTREAM].mode == FLOW_TALK) {
    /* JavaScript reads what the server sent before it broke, and then its end. Nobody takes the upload any more. */
    struct flow *upload = &connection->flow[SIDE_CLIENT];
    flow_drop(worker, upload);
    throttle_cancel(worker, connection, SIDE_CLIENT);
    if (upload->mode == FLOW_RELAY) upload->mode = FLOW_DISCARD;
    upstream->has_error = upstream->is_readable = upstream->must_drain = true;
    worker_queue(worker, connection);
    return;
  }
  if (side == SIDE_UPSTREAM && connection->flow[SIDE_CLIENT].mode == FLOW_RELAY &&
      connection->flow[SIDE_UPSTREAM].mode == FLOW_RELAY && !upstream->is_ended) {
    /* What the server sent before it broke is still to be read; reading finds the error behind it. */
    flow_drop(worker, &connection->flow[SIDE_CLIENT]);
    throttle_cancel(worker, connection, SIDE_CLIENT);
    connection->flow[SIDE_CLIENT].mode = FLOW_DISCARD;
    upstream->has_error = upstream->is_readable = upstream->must_drain = true;
    return;
  }
  if (side == SIDE_UPSTREAM && connection->is_relayed && upstream->is_ended &&
      !connection->end[SIDE_CLIENT].has_error) {
    /* An early answer: the server sent all of it, its FIN too, and then refused the rest of the upload. */
    flow_drop(worker, &connection->flow[SIDE_CLIENT]);
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

static void settle_ending(struct worker *worker, struct connection *connection) {
  bool is_answered = true;
  for (int side = 0; side < SIDES; side++) {
    const struct end *end = &connection->end[side];
    if (end->fd < 0) continue;
    if (!end->is_shut) return;
    is_answered &= end->is_ended || end->has_error;
  }
  int lost_side = SIDE_CLIENT;
  connection->is_draining = check_drain(connection, &lost_side) == DRAIN_WAIT;
  if (connection->is_draining) {
    timer_arm(worker, connection);
  } else if (is_answered) {
    connection_close(worker, connection, connection->end_reason, connection->end_error, false);
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
      connection->end_deadline_ms = worker->now_ms + DRAIN_LIMIT_MS;
      timer_arm(worker, connection);
  }
}

static void settle(struct worker *worker, struct connection *connection) {
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

void connection_service(struct worker *worker, struct connection *connection) {
  if (!connection->is_open) return;
  bool has_more = false;
  for (int source = 0; source < SIDES; source++) {
    enum flow_result result = flow_run(worker, connection, source);
    if (result == FLOW_GONE) {
      if (connection->is_open) worker_queue(worker, connection);
      return;
    }
    has_more |= result == FLOW_MORE;
  }
  settle(worker, connection);
  if (has_more && connection->is_open) worker_queue(worker, connection);
}

static void finish_connect(struct worker *worker, struct connection *connection, int error) {
  connection->is_connecting = false;
  if (connection->has_syn_block) {
    struct flow *upload = &connection->flow[SIDE_CLIENT];
    flow_skip(upload, error ? upload->queue->length : connection->syn_bytes);
    connection->has_syn_block = false;
  }
  if (error) {
    close_end(&connection->end[SIDE_UPSTREAM], false);
    event_connect_failed(worker, connection, error);
    return;
  }
  struct end *upstream = &connection->end[SIDE_UPSTREAM];
  connection->is_connected = true;
  upstream->is_readable = upstream->is_writable = true;
  event_connected(worker, connection);
}

/* One attempt, whose socket is closed by now, has failed. */
static void fail_attempt(struct worker *worker, struct connection *connection, int error) {
  bool has_others = connection->rivals != NULL || connection->end[SIDE_UPSTREAM].fd >= 0;
  if (!has_others) connection->is_connecting = false;
  event_connect_failed(worker, connection, error);
}

static void fail_first(struct worker *worker, struct connection *connection, int error) {
  if (!connection->rivals) {
    finish_connect(worker, connection, error);
    return;
  }
  close_end(&connection->end[SIDE_UPSTREAM], false);
  fail_attempt(worker, connection, error);
}

/* The time of all attempts is over. */
static void fail_all(struct worker *worker, struct connection *connection) {
  for (uint32_t left = rival_close_all(connection); left > 0; left--)
    event_connect_failed(worker, connection, ETIMEDOUT);
  if (connection->end[SIDE_UPSTREAM].fd >= 0) {
    finish_connect(worker, connection, ETIMEDOUT);
  } else {
    connection->is_connecting = false;
  }
}

void connection_on_rival_event(struct worker *worker, struct connection *connection, uint32_t number, uint32_t events) {
  int error = rival_take_error(connection, number, events);
  if (error == -EAGAIN) return;
  int fd = rival_take(connection, number);
  if (error) {
    close(fd);
    fail_attempt(worker, connection, error);
    return;
  }
  struct end *upstream = &connection->end[SIDE_UPSTREAM];
  rival_close_all(connection);
  close_end(upstream, false);
  upstream->is_odd = !upstream->is_odd;
  bool is_known = open_end(worker, connection, SIDE_UPSTREAM, fd, socket_is_mptcp_object(fd), EPOLL_CTL_MOD);
  finish_connect(worker, connection, is_known ? 0 : errno);
  connection_service(worker, connection);
}

static void hang_up(struct worker *worker, struct connection *connection, bool is_reset) {
  struct end *upstream = &connection->end[SIDE_UPSTREAM];
  close_end(upstream, is_reset);
  flow_drop(worker, &connection->flow[SIDE_CLIENT]);
  *upstream = (struct end){.fd = -1, .is_odd = !upstream->is_odd};
  connection->is_connected = false;
}

void connection_hang_up(struct worker *worker, struct connection *connection) {
  if (connection->is_ending || !connection->is_connected) return;
  hang_up(worker, connection, false);
  for (int side = 0; side < SIDES; side++) {
    throttle_cancel(worker, connection, side);
    connection->flow[side].mode = FLOW_TALK;
  }
}

void connection_connect(struct worker *worker, struct connection *connection, const struct connect_target *target,
                        struct block *with_syn) {
  if (target->is_beside && connection->is_connected) return;
  if (target->is_beside && connection->is_connecting && !connection->is_ending && !connection->has_syn_block) {
    int error = rival_add(worker, connection, target);
    if (error) fail_attempt(worker, connection, -error);
    return;
  }
  bool is_taken = connection->is_connecting || (connection->is_relayed && connection->is_connected);
  if (connection->is_ending || is_taken) {
    free(with_syn);
    if (!connection->is_ending) event_connect_failed(worker, connection, EISCONN);
    return;
  }
  if (connection->is_connected) hang_up(worker, connection, true);
  const struct sockaddr_storage *local = target->local.ss_family == AF_UNSPEC ? NULL : &target->local;
  struct first_flight first = {0};
  if (with_syn) first = (struct first_flight){.bytes = with_syn->bytes, .length = with_syn->length};
  int fd = socket_connect(&target->remote, local, target->is_mptcp, target->mark, with_syn ? &first : NULL);
  if (fd < 0) {
    free(with_syn);
    event_connect_failed(worker, connection, -fd);
    return;
  }
  connection->is_connecting = true;
  connection->has_syn_block = with_syn != NULL;
  connection->syn_bytes = first.sent;
  if (with_syn) flow_put_first(&connection->flow[SIDE_CLIENT], with_syn);
  connection->connect_deadline_ms = worker->now_ms + target->timeout_ms;
  /* A failed registration shows as the time-out it would otherwise become. */
  if (!open_end(worker, connection, SIDE_UPSTREAM, fd, target->is_mptcp, EPOLL_CTL_ADD)) {
    finish_connect(worker, connection, errno);
    return;
  }
  timer_arm(worker, connection);
}

void connection_on_event(struct worker *worker, struct connection *connection, int side, uint32_t events) {
  struct end *end = &connection->end[side];
  if (side == SIDE_UPSTREAM && connection->is_connecting) {
    int error = events & (EPOLLERR | EPOLLHUP) ? socket_take_error(end->fd) : 0;
    if (!error && events & EPOLLERR) error = ECONNREFUSED;
    if (error) fail_first(worker, connection, error);
    if (!error && events & EPOLLOUT) {
      rival_close_all(connection);
      finish_connect(worker, connection, 0);
    }
    if (!connection->is_connected) return;
    /* The server's first bytes, or its FIN, may have come with the same event. */
  }
  if (end->is_shut || end->is_ended || events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) event_remember(end);
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) end->is_readable = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) end->is_writable = true;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) end->must_drain = true;
  if (events & EPOLLERR) {
    end->has_error = true;
    /* Where nothing will be read the error must be taken here; else reading finds it after the last byte. */
    bool is_read = connection->flow[side].mode == FLOW_RELAY || end->is_read_wanted;
    if (!connection->is_ending && (!is_read || end->is_ended)) {
      connection_fail(worker, connection, side, socket_take_error(end->fd));
      return;
    }
  }
  connection_service(worker, connection);
}

static void begin_relaying(struct worker *worker, struct connection *connection) {
  if (!connection->is_relayed) engine_count_relaying(worker->engine);
  connection->is_relayed = true;
  connection->active_ms = worker->now_ms;
}

static void limit_flow(struct flow *flow, uint64_t bytes) {
  flow->mode = FLOW_RELAY;
  flow->is_limited = true;
  flow->limit = bytes;
}

void connection_pass(struct worker *worker, struct connection *connection, int source, uint64_t bytes) {
  if (connection->is_ending || connection->flow[source].mode != FLOW_TALK) return;
  begin_relaying(worker, connection);
  if (bytes == 0 && !connection->is_connected) {
    timer_arm(worker, connection);
    event_simple(worker, connection, WIRE_LIMIT, (uint8_t)source);
    return;
  }
  connection->end[source].is_read_wanted = false;
  limit_flow(&connection->flow[source], bytes);
  timer_arm(worker, connection);
  connection_service(worker, connection);
}

void connection_relay(struct worker *worker, struct connection *connection, int64_t upload_limit) {
  if (connection->is_ending) return;
  begin_relaying(worker, connection);
  for (int side = 0; side < SIDES; side++) {
    connection->end[side].is_read_wanted = false;
    connection->flow[side].mode = FLOW_RELAY;
    connection->flow[side].is_limited = false;
  }
  if (upload_limit >= 0) limit_flow(&connection->flow[SIDE_CLIENT], (uint64_t)upload_limit);
  timer_arm(worker, connection);
  /* At once: a limit of 0 gives the client back to the conversation, and the next command may ask for its words. */
  connection_service(worker, connection);
}

void connection_limit(struct worker *worker, struct connection *connection, struct throttle *throttle) {
  if (connection->is_ending) {
    if (throttle) throttle_free(throttle);
    return;
  }
  throttle_set(worker, connection, throttle);
  worker_queue(worker, connection);
}

void connection_read(struct worker *worker, struct connection *connection, int side) {
  if (connection->flow[side].mode != FLOW_TALK) return;
  connection->end[side].is_read_wanted = true;
  worker_queue(worker, connection);
}

void connection_write(struct worker *worker, struct connection *connection, int side, struct block *block) {
  struct flow *flow = &connection->flow[!side];
  if (connection->is_ending || connection->end[side].is_shut || block->length == 0) {
    free(block);
    return;
  }
  block->next = NULL;
  if (flow->queue_tail) {
    flow->queue_tail->next = block;
  } else {
    flow->queue = block;
  }
  flow->queue_tail = block;
  worker_queue(worker, connection);
}

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t connection_deadline(const struct worker *worker, const struct connection *connection) {
  const struct engine_options *options = engine_get_options(worker->engine);
  uint64_t deadline = CONNECTION_NO_DEADLINE;
  if (connection->is_draining) deadline = worker->now_ms + DRAIN_CHECK_MS;
  if (connection->is_draining || connection->is_ending) return earlier(deadline, connection->end_deadline_ms);
  if (!connection->is_relayed) deadline = connection->accepted_ms + options->handshake_timeout_ms;
  uint32_t idle_timeout_ms = options->idle_timeout_ms;
  if (connection->is_relayed && idle_timeout_ms) deadline = connection->active_ms + idle_timeout_ms;
  if (connection->is_connecting) deadline = earlier(deadline, connection->connect_deadline_ms);
  return deadline;
}

void connection_check_deadline(struct worker *worker, struct connection *connection) {
  uint64_t now = worker->now_ms;
  if (connection->is_ending && now >= connection->end_deadline_ms) {
    /* Not lingering means not delivered: the peer must not take it for a whole answer. */
    connection_close(worker, connection, connection->end_reason, connection->end_error, !connection->is_lingering);
  } else if (connection->is_ending) {
    if (connection->is_draining) settle_ending(worker, connection);
  } else if (connection->is_draining) {
    if (now < connection->end_deadline_ms) {
      settle_finished(worker, connection);
    } else {
      connection_close(worker, connection, REASON_IDLE_TIMEOUT, ETIMEDOUT, true);
    }
  } else {
    if (connection->is_connecting && now >= connection->connect_deadline_ms) fail_all(worker, connection);
    /* Who waits for a turn is not idle, however small the rate. */
    if (throttle_is_waiting(connection)) connection->active_ms = now;
    if (now < connection_deadline(worker, connection)) return;
    enum close_reason reason = connection->is_relayed ? REASON_IDLE_TIMEOUT : REASON_HANDSHAKE_TIMEOUT;
    connection_close(worker, connection, reason, ETIMEDOUT, connection->is_relayed);
  }
}
