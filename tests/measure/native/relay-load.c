/*
 * Load for relays: a server that gives or takes bytes without end, and a client that pulls or pushes them through a
 * relay over many streams. The client prints {"bytes":…,"seconds":…} of the measured span, ramp-up left out.
 *
 *   relay-load serve <port>
 *   relay-load pull|push <streams> <seconds> <relay port> <server port> tcp|mptcp direct|socks5|connect [user password]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { BUFFER_BYTES = 256 * 1024, MAX_STREAMS = 256, RAMP_UP_MS = 500 };
static char buffer[BUFFER_BYTES];

/* The first byte a client sends says what it wants: 'D' bytes from us, 'U' to give us bytes. */
static void serve_ready(int ep, int fd, uint32_t events) {
  if (events & EPOLLOUT) {
    if (send(fd, buffer, BUFFER_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN) close(fd);
    return;
  }
  ssize_t n = recv(fd, buffer, BUFFER_BYTES, MSG_DONTWAIT);
  if (n == 0 || (n < 0 && errno != EAGAIN)) close(fd);
  else if (n == 1 && buffer[0] == 'D') {
    struct epoll_event event = {.events = EPOLLOUT, .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_MOD, fd, &event);
  }
}

static void serve(int port) {
  int one = 1, listener = load_listen(port), ep = epoll_create1(0);
  load_watch(ep, listener, EPOLLIN);
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait(ep, events, 64, -1);
    int fd = -1, has_client = 0;
    for (int i = 0; i < n; i++)
      if (events[i].data.fd == listener) has_client = 1;
      else serve_ready(ep, events[i].data.fd, events[i].events);
    /* Last, so that no event of a descriptor closed above is taken for the new one of the same number. */
    if (has_client && (fd = accept(listener, NULL, NULL)) >= 0) {
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      load_watch(ep, fd, EPOLLIN);
    }
  }
}

static int load(char **words, int count) {
  int is_pull = !strcmp(words[0], "pull"), streams = atoi(words[1]), ep = epoll_create1(0);
  double seconds = atof(words[2]), began = load_now_seconds(), measured_from = began + RAMP_UP_MS / 1000.0;
  unsigned long long bytes = 0;
  int fds[MAX_STREAMS];
  struct relay relay = load_parse_relay(words + 3, count - 3);
  if (streams < 1 || streams > MAX_STREAMS || seconds <= 0 || seconds > 60) return 2;
  for (int i = 0; i < streams; i++) {
    int fd = fds[i] = load_open(&relay);
    if (send(fd, is_pull ? "D" : "U", 1, MSG_NOSIGNAL) != 1) load_fail("start");
    load_watch(ep, fd, is_pull ? EPOLLIN : EPOLLOUT);
  }
  printf("ready\n");
  fflush(stdout);
  for (double t = load_now_seconds(); t < measured_from + seconds; t = load_now_seconds()) {
    struct epoll_event events[64];
    int n = epoll_wait(ep, events, 64, 100);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      ssize_t k = is_pull ? recv(fd, buffer, BUFFER_BYTES, MSG_DONTWAIT)
                          : send(fd, buffer, BUFFER_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (k == 0 || (k < 0 && errno != EAGAIN)) load_fail("stream");
      if (k > 0 && t >= measured_from) bytes += (unsigned long long)k;
    }
  }
  /* Broken off: an MPTCP socket merely closed goes on filling its window for a minute, some 30 MB each. */
  double span = load_now_seconds() - measured_from;
  for (int i = 0; i < streams; i++) load_reset(fds[i]);
  printf("{\"bytes\":%llu,\"seconds\":%.4f}\n", bytes, span);
  return 0;
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  if (count == 3 && !strcmp(words[1], "serve")) serve(atoi(words[2]));
  if (count == 8 || count == 10) return load(words + 1, count - 1);
  fprintf(stderr, "usage: see the head of this file\n");
  return 2;
}
