#include <stdlib.h>
#include <sys/socket.h>

#include "connection.h"
#include "fullinfo.h"
#include "socket.h"

static size_t begin(struct worker *worker, const struct connection *connection, enum wire_type type,
                    uint8_t detail) {
  return wire_begin(&worker->events, type, detail, connection_id(worker, connection));
}

static int end_urgent(struct worker *worker, size_t start) {
  worker_hurry_events(worker);
  return wire_end(&worker->events, start);
}

static int end_delayed(struct worker *worker, size_t start) {
  worker_delay_events(worker);
  return wire_end(&worker->events, start);
}

static void put_name(struct wire *wire, int fd, int (*get)(int, struct sockaddr *, socklen_t *)) {
  struct sockaddr_storage address = {0};
  socklen_t length = sizeof address;
  get(fd, (struct sockaddr *)&address, &length);
  wire_put_address(wire, &address);
}

int event_accepted(struct worker *worker, const struct connection *connection, const struct sockaddr_storage *original,
                   const void *bytes, size_t length) {
  const struct sockaddr_storage none = {.ss_family = AF_UNSPEC};
  struct wire *wire = &worker->events;
  const struct end *end = &connection->end[SIDE_CLIENT];
  int fd = end->fd;
  size_t start = begin(worker, connection, WIRE_ACCEPTED, (uint8_t)socket_kind(fd, end->is_mptcp));
  wire_put_u32(wire, connection->listener);
  put_name(wire, fd, getpeername);
  put_name(wire, fd, getsockname);
  wire_put_address(wire, original ? original : &none);
  wire_put_data(wire, bytes, length);
  return end_urgent(worker, start);
}

int event_data(struct worker *worker, const struct connection *connection, int side, const void *bytes,
               size_t length) {
  size_t start = begin(worker, connection, WIRE_DATA, (uint8_t)side);
  wire_put_data(&worker->events, bytes, length);
  return end_urgent(worker, start);
}

int event_simple(struct worker *worker, const struct connection *connection, enum wire_type type, uint8_t detail) {
  return end_urgent(worker, begin(worker, connection, type, detail));
}

int event_connected(struct worker *worker, const struct connection *connection, bool is_relaying) {
  const struct end *end = &connection->end[SIDE_UPSTREAM];
  int fd = end->fd;
  size_t start = begin(worker, connection, WIRE_CONNECTED, (uint8_t)socket_kind(fd, end->is_mptcp));
  put_name(&worker->events, fd, getsockname);
  put_name(&worker->events, fd, getpeername);
  return (is_relaying ? end_delayed : end_urgent)(worker, start);
}

int event_connect_failed(struct worker *worker, const struct connection *connection, int error) {
  size_t start = begin(worker, connection, WIRE_CONNECT_FAILED, 0);
  wire_put_u32(&worker->events, (uint32_t)error);
  return end_urgent(worker, start);
}

void event_remember(struct end *end) {
  struct transport now;
  if (!end->is_mptcp) return;
  fullinfo_get(end->fd, end->is_mptcp, end->is_ended, &now);
  if (now.count == 0) return;
  struct transport *copy = fullinfo_copy(&now);
  if (!copy) return;
  free(end->remembered);
  end->remembered = copy;
}

static void put_transport(struct wire *wire, const struct end *end, bool is_wanted) {
  struct transport transport;
  fullinfo_get(is_wanted ? end->fd : -1, end->is_mptcp, end->is_ended, &transport);
  if (end->remembered && fullinfo_is_torn_down(&transport)) fullinfo_restore(&transport, end->remembered);
  fullinfo_put(wire, &transport);
}

void event_put_sample(struct wire *wire, const struct worker *worker, const struct connection *connection,
                      uint8_t sides) {
  wire_put_number(wire, (double)connection_id(worker, connection));
  wire_put_number(wire, (double)connection->flow[SIDE_CLIENT].bytes);
  wire_put_number(wire, (double)connection->flow[SIDE_UPSTREAM].bytes);
  put_transport(wire, &connection->end[SIDE_CLIENT], sides & 1);
  put_transport(wire, &connection->end[SIDE_UPSTREAM], sides & 2 && connection->is_connected);
}

void event_put_paths(struct wire *wire, const struct worker *worker, const struct connection *connection, int side) {
  struct transport transport;
  const struct end *end = &connection->end[side];
  bool is_there = side == SIDE_CLIENT || connection->is_connected;
  fullinfo_get(is_there ? end->fd : -1, end->is_mptcp, end->is_ended, &transport);
  wire_put_number(wire, (double)connection_id(worker, connection));
  wire_put_u32(wire, transport.kind == TRANSPORT_MPTCP ? fullinfo_get_unsent(end->fd) : 0);
  fullinfo_put_paths(wire, &transport);
}

int event_closed(struct worker *worker, const struct connection *connection, enum close_reason reason, int error) {
  size_t start = begin(worker, connection, WIRE_CLOSED, (uint8_t)reason);
  wire_put_u32(&worker->events, (uint32_t)error);
  event_put_sample(&worker->events, worker, connection, engine_get_options(worker->engine)->last_sides);
  return end_delayed(worker, start);
}
