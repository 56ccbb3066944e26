/*
 * flow: one end of a timed byte stream, for measures of what a program at the end of a path gets and when.
 *
 *   flow serve PORT                        takes connections (MPTCP or TCP) until it is ended
 *   flow call  [option]... ADDRESS PORT    makes connections to a server; ends with the last
 *     --get | --put      the server sends (default), or this end does
 *     --seconds S        how long the sender sends (default 10)
 *     --rate R           bytes a second of each connection; 0 (default): as fast as it goes
 *     --proxy A:P        go through an HTTP proxy by CONNECT
 *     --from A           bind to this address
 *     --mptcp            MPTCP rather than TCP
 *     --count N          connections, opened 4 ms apart (default 1)
 *     --id N             of the first connection; the others count on (default 0)
 *
 * The receiver of each connection writes one line of JSON to its standard output when the stream ends:
 *   {"id":7,"startedMs":…,"connectMs":…,"firstByteMs":…,"endMs":…,"bytes":…,"bins":[…]}
 * `startedMs` is the wall clock (ms since 1970), the others are counted from there; -1: never. `bins` are bytes
 * received in each 10 ms from startedMs on; beyond 4 connections at a time there are none. A server's lines begin at accept.
 *
 * The connection's first line is the caller's order: "GET SECONDS RATE ID\n" or "PUT SECONDS RATE ID\n".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "flow_stream.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

struct call {
  struct sockaddr_in target, proxy, from;
  bool has_proxy, has_from, is_mptcp, is_put;
  double seconds, rate;
  int count, first_id;
};

static struct call call;

static void call_open(int id)
{
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, call.is_mptcp ? IPPROTO_MPTCP : IPPROTO_TCP);
  if (fd < 0) die("socket");
  if (call.has_from && bind(fd, (struct sockaddr *)&call.from, sizeof call.from) < 0) die("bind");
  struct flow *flow = flow_new(fd, STAGE_CONNECTING);
  flow->is_put = call.is_put;
  flow->seconds = call.seconds;
  flow->rate = call.rate;
  flow->id = id;
  const struct sockaddr_in *next = call.has_proxy ? &call.proxy : &call.target;
  if (connect(fd, (const struct sockaddr *)next, sizeof *next) < 0 && errno != EINPROGRESS) die("connect");
}

static void call_connected(struct flow *flow)
{
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(flow->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error) {
    fprintf(stderr, "flow: connect: %s\n", strerror(error));
    return flow_end(flow);
  }
  if (!call.has_proxy) {
    flow->connected = now_s();
    return order_send(flow);
  }
  char text[LINE_BYTES], name[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &call.target.sin_addr, name, sizeof name);
  int length = snprintf(text, sizeof text, "CONNECT %s:%d HTTP/1.1\r\nHost: %s\r\n\r\n", name,
                        ntohs(call.target.sin_port), name);
  if (send(flow->fd, text, (size_t)length, MSG_NOSIGNAL) != length) return flow_end(flow);
  flow->stage = STAGE_PROXY;
  watch(flow, EPOLLIN);
}

static void proxy_answer(struct flow *flow)
{
  if (!line_read(flow, "\r\n\r\n")) return;
  if (strncmp(flow->line, "HTTP/1.1 200", 12) && strncmp(flow->line, "HTTP/1.0 200", 12)) {
    fprintf(stderr, "flow: the proxy said: %s\n", flow->line);
    return flow_end(flow);
  }
  flow->connected = now_s();
  flow->line_bytes = 0;
  order_send(flow);
}

static void flow_turn(struct flow *flow)
{
  switch (flow->stage) {
    case STAGE_CONNECTING: return call_connected(flow);
    case STAGE_PROXY: return proxy_answer(flow);
    case STAGE_ORDER: return order_take(flow);
    case STAGE_SENDING: return flow_send(flow);
    case STAGE_RECEIVING: return flow_receive(flow);
    case STAGE_ENDED: return;
  }
}

/* Ended flows go between two rounds, so that no event points to one. */
static void flows_sweep(void)
{
  for (struct flow **link = &flows; *link;) {
    struct flow *flow = *link;
    if (flow->stage != STAGE_ENDED) {
      link = &flow->next;
      continue;
    }
    *link = flow->next;
    free(flow);
  }
}

static int listen_on(int port)
{
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_MPTCP), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (fd < 0) fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 1024) < 0) die("listen");
  return fd;
}

static void take_all(int listener)
{
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    flow_new(fd, STAGE_ORDER)->is_server = true;
  }
}

static bool has_paced(void)
{
  for (const struct flow *flow = flows; flow; flow = flow->next)
    if (flow->stage == STAGE_SENDING) return true;
  return false;
}

static void run(int listener)
{
  int opened = 0;
  double begun = now_s(), next_tick = begun;
  for (;;) {
    int due = listener >= 0 ? 0 : (int)((now_s() - begun) * 1000 / OPEN_EVERY_MS) + 1;
    for (; opened < call.count && opened < due; opened++) call_open(call.first_id + opened);
    if (listener < 0 && opened == call.count && open_flows == 0) return;
    struct epoll_event events[256];
    bool is_busy = has_paced() || (listener < 0 && opened < call.count);
    int count = epoll_wait(epoll_fd, events, 256, is_busy ? TICK_MS : 1000);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr == NULL) take_all(listener);
      else flow_turn(events[i].data.ptr);
    }
    if (now_s() >= next_tick) {
      next_tick = now_s() + TICK_MS / 1e3;
      for (struct flow *flow = flows; flow; flow = flow->next)
        if (flow->stage == STAGE_SENDING) flow_send(flow);
    }
    flows_sweep();
  }
}

static struct sockaddr_in address_of(const char *host, const char *port)
{
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) {
    fprintf(stderr, "flow: not an IPv4 address: %s\n", host);
    exit(2);
  }
  return address;
}

int main(int argument_count, char **arguments)
{
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (argument_count == 3 && !strcmp(arguments[1], "serve")) {
    int listener = listen_on(atoi(arguments[2]));
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll_ctl");
    fprintf(stderr, "ready\n");
    run(listener);
  }
  call.seconds = 10;
  call.count = 1;
  int at = 2;
  for (; at < argument_count - 2; at++) {
    const char *name = arguments[at];
    if (!strcmp(name, "--get")) call.is_put = false;
    else if (!strcmp(name, "--put")) call.is_put = true;
    else if (!strcmp(name, "--mptcp")) call.is_mptcp = true;
    else if (!strcmp(name, "--seconds")) call.seconds = atof(arguments[++at]);
    else if (!strcmp(name, "--rate")) call.rate = atof(arguments[++at]);
    else if (!strcmp(name, "--count")) call.count = atoi(arguments[++at]);
    else if (!strcmp(name, "--id")) call.first_id = atoi(arguments[++at]);
    else if (!strcmp(name, "--from")) {
      call.from = address_of(arguments[++at], "0");
      call.has_from = true;
    } else if (!strcmp(name, "--proxy")) {
      char *host = strdup(arguments[++at]), *colon = strchr(host, ':');
      if (!colon) return 2;
      *colon = '\0';
      call.proxy = address_of(host, colon + 1);
      call.has_proxy = true;
      free(host);
    } else return 2;
  }
  if (at + 2 != argument_count || strcmp(arguments[1], "call")) {
    fprintf(stderr, "usage: flow serve PORT | flow call [option]... ADDRESS PORT\n");
    return 2;
  }
  call.target = address_of(arguments[at], arguments[at + 1]);
  run(-1);
  return 0;
}
