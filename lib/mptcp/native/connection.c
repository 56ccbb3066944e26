#include "connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "socket.h"

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
  connection->handshake_ms = connection->active_ms = worker->now_ms;
  connection->is_open = true;
  bool is_mptcp = socket_is_mptcp_object(fd);
  /* A plain TCP client of an MPTCP listener, which cannot have the option for it to inherit. */
  if (!is_mptcp && listener->is_mptcp) socket_keep_urgent(fd);
  if (!open_end(worker, connection, SIDE_CLIENT, fd, is_mptcp, EPOLL_CTL_ADD)) {
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
  connection_settle(worker, connection);
  if (has_more && connection->is_open) worker_queue(worker, connection);
}

static void begin_relaying(struct worker *worker, struct connection *connection) {
  if (!connection->is_relayed) engine_count_relaying(worker->engine);
  connection->is_relayed = true;
  connection->active_ms = worker->now_ms;
}

static void relay_both(struct worker *worker, struct connection *connection) {
  begin_relaying(worker, connection);
  for (int side = 0; side < SIDES; side++) {
    connection->end[side].is_read_wanted = false;
    connection->flow[side].mode = FLOW_RELAY;
    connection->flow[side].is_limited = false;
  }
  timer_arm(worker, connection);
}

void connection_finish_connect(struct worker *worker, struct connection *connection, int error) {
  connection->is_connecting = false;
  connection->handshake_ms = worker->now_ms;
  if (connection->has_syn_block) {
    struct flow *upload = &connection->flow[SIDE_CLIENT];
    flow_skip(upload, error ? upload->queue->length : connection->syn_bytes);
    connection->has_syn_block = false;
  }
  struct block *answer = connection->answer;
  connection->answer = NULL;
  if (error) {
    free(answer);
    connection_close_end(&connection->end[SIDE_UPSTREAM], false);
    event_connect_failed(worker, connection, error);
    return;
  }
  struct end *upstream = &connection->end[SIDE_UPSTREAM];
  connection->is_connected = true;
  upstream->is_readable = upstream->is_writable = true;
  event_connected(worker, connection, answer != NULL);
  if (!answer) return;
  connection_write(worker, connection, SIDE_CLIENT, answer);
  relay_both(worker, connection);
}

static void give_up_connect(const struct worker *worker, struct connection *connection) {
  connection->is_connecting = false;
  connection->handshake_ms = worker->now_ms;
  connection_drop_answer(connection);
}

/* One attempt, whose socket is closed by now, has failed. */
static void fail_attempt(struct worker *worker, struct connection *connection, int error) {
  bool has_others = connection->rivals != NULL || connection->end[SIDE_UPSTREAM].fd >= 0;
  if (!has_others) give_up_connect(worker, connection);
  event_connect_failed(worker, connection, error);
}

static void fail_first(struct worker *worker, struct connection *connection, int error) {
  if (!connection->rivals) {
    connection_finish_connect(worker, connection, error);
    return;
  }
  connection_close_end(&connection->end[SIDE_UPSTREAM], false);
  fail_attempt(worker, connection, error);
}

void connection_time_out_connect(struct worker *worker, struct connection *connection) {
  for (uint32_t left = rival_close_all(connection); left > 0; left--)
    event_connect_failed(worker, connection, ETIMEDOUT);
  if (connection->end[SIDE_UPSTREAM].fd >= 0) {
    connection_finish_connect(worker, connection, ETIMEDOUT);
  } else {
    give_up_connect(worker, connection);
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
  connection_close_end(upstream, false);
  upstream->is_odd = !upstream->is_odd;
  bool is_known = open_end(worker, connection, SIDE_UPSTREAM, fd, socket_is_mptcp_object(fd), EPOLL_CTL_MOD);
  connection_finish_connect(worker, connection, is_known ? 0 : errno);
  connection_service(worker, connection);
}

static void hang_up(struct worker *worker, struct connection *connection, bool is_reset) {
  struct end *upstream = &connection->end[SIDE_UPSTREAM];
  connection_close_end(upstream, is_reset);
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

void connection_connect(struct worker *worker, struct connection *connection, struct connect_target *target,
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
  connection->answer = target->answer;
  target->answer = NULL;
  if (with_syn) flow_put_first(&connection->flow[SIDE_CLIENT], with_syn);
  connection->connect_deadline_ms = worker->now_ms + target->timeout_ms;
  /* A failed registration shows as the time-out it would otherwise become. */
  if (!open_end(worker, connection, SIDE_UPSTREAM, fd, target->is_mptcp, EPOLL_CTL_ADD)) {
    connection_finish_connect(worker, connection, errno);
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
      connection_finish_connect(worker, connection, 0);
    }
    if (!connection->is_connected) return;
    /* The server's first bytes, or its FIN, may have come with the same event. */
  }
  if (end->is_shut || end->is_ended || events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) event_remember(end);
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) end->is_readable = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) end->is_writable = true;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) end->must_drain = true;
  if (events & EPOLLPRI) end->has_urgent = true;
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
  relay_both(worker, connection);
  if (upload_limit >= 0) limit_flow(&connection->flow[SIDE_CLIENT], (uint64_t)upload_limit);
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

void connection_bound_send_buffer(const struct connection *connection, int side, uint32_t bytes) {
  if (connection->end[side].fd >= 0) socket_bound_send_buffer(connection->end[side].fd, bytes);
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
