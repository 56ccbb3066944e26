/*
 * Load for relays: a server that gives or takes bytes without end, and a client that pulls or pushes them through a
 * relay over many streams. The client prints {"bytes":…,"seconds":…} of the measured span, ramp-up left out.
 *
 *   relay-load serve <port>
 *   relay-load pull|push <relay port> <server port> <streams> <seconds> tcp|mptcp direct|socks5 [user password]
 *
 * Everything is on 127.0.0.1 of the network namespace it runs in.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

enum { BUFFER_BYTES = 256 * 1024, MAX_STREAMS = 256, RAMP_UP_MS = 500 };
static char buffer[BUFFER_BYTES];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct sockaddr_in local_port(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

static void watch(int ep, int fd, uint32_t events) {
  struct epoll_event ev = {.events = events, .data.fd = fd};
  if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) < 0) fail("epoll_ctl");
}

/* The first byte a client sends says what it wants: 'D' bytes from us, 'U' to give us bytes. */
static void serve_ready(int ep, int fd, uint32_t events) {
  if (events & EPOLLOUT) {
    if (send(fd, buffer, BUFFER_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN) close(fd);
    return;
  }
  ssize_t n = recv(fd, buffer, BUFFER_BYTES, MSG_DONTWAIT);
  if (n == 0 || (n < 0 && errno != EAGAIN)) close(fd);
  else if (n == 1 && buffer[0] == 'D') {
    struct epoll_event ev = {.events = EPOLLOUT, .data.fd = fd};
    epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
  }
}

static void serve(int port) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0), ep = epoll_create1(0);
  struct sockaddr_in a = local_port(port);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&a, sizeof a) < 0 || listen(listener, 1024) < 0) fail("listen");
  watch(ep, listener, EPOLLIN);
  for (;;) {
    struct epoll_event evs[64];
    int n = epoll_wait(ep, evs, 64, -1);
    int fd = -1, has_client = 0;
    for (int i = 0; i < n; i++)
      if (evs[i].data.fd == listener) has_client = 1;
      else serve_ready(ep, evs[i].data.fd, evs[i].events);
    /* Last, so that no event of a descriptor closed above is taken for the new one of the same number. */
    if (has_client && (fd = accept(listener, NULL, NULL)) >= 0) {
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      watch(ep, fd, EPOLLIN);
    }
  }
}

static void exchange(int fd, const void *ask, size_t ask_len, size_t answer_len) {
  unsigned char answer[16];
  if (send(fd, ask, ask_len, MSG_NOSIGNAL) != (ssize_t)ask_len) fail("handshake send");
  if (recv(fd, answer, answer_len, MSG_WAITALL) != (ssize_t)answer_len) fail("handshake recv");
  if (answer[answer_len == 10 ? 1 : answer_len - 1] != 0 && answer_len != 2) fail("refused");
}

/* RFC 1928 and RFC 1929, for 127.0.0.1 and one port. */
static void socks5(int fd, int port, const char *user, const char *password) {
  unsigned char m[600];
  size_t n = 0;
  exchange(fd, user ? "\x05\x01\x02" : "\x05\x01\x00", 3, 2);
  if (user) {
    m[n++] = 1;
    m[n++] = (unsigned char)strlen(user);
    n += (size_t)sprintf((char *)m + n, "%s", user);
    m[n++] = (unsigned char)strlen(password);
    n += (size_t)sprintf((char *)m + n, "%s", password);
    exchange(fd, m, n, 2);
  }
  unsigned char ask[10] = {5, 1, 0, 1, 127, 0, 0, 1, (unsigned char)(port >> 8), (unsigned char)port};
  exchange(fd, ask, sizeof ask, 10);
}

static int open_stream(char **v, int c) {
  int is_mptcp = !strcmp(v[6], "mptcp"), one = 1;
  int fd = socket(AF_INET, SOCK_STREAM, is_mptcp ? IPPROTO_MPTCP : 0);
  struct sockaddr_in a = local_port(atoi(v[2]));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) fail("connect");
  if (!strcmp(v[7], "socks5")) socks5(fd, atoi(v[3]), c > 9 ? v[8] : NULL, c > 9 ? v[9] : NULL);
  if (send(fd, !strcmp(v[1], "pull") ? "D" : "U", 1, MSG_NOSIGNAL) != 1) fail("start");
  return fd;
}

static int load(char **v, int c) {
  int streams = atoi(v[4]), is_pull = !strcmp(v[1], "pull"), ep = epoll_create1(0);
  double seconds = atof(v[5]), began = now_seconds(), measured_from = began + RAMP_UP_MS / 1000.0;
  unsigned long long bytes = 0;
  if (streams < 1 || streams > MAX_STREAMS || seconds <= 0 || seconds > 60) return 2;
  for (int i = 0; i < streams; i++) watch(ep, open_stream(v, c), is_pull ? EPOLLIN : EPOLLOUT);
  printf("ready\n");
  fflush(stdout);
  for (double t = now_seconds(); t < measured_from + seconds; t = now_seconds()) {
    struct epoll_event evs[64];
    int n = epoll_wait(ep, evs, 64, 100);
    for (int i = 0; i < n; i++) {
      int fd = evs[i].data.fd;
      ssize_t k = is_pull ? recv(fd, buffer, BUFFER_BYTES, MSG_DONTWAIT)
                          : send(fd, buffer, BUFFER_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (k == 0 || (k < 0 && errno != EAGAIN)) fail("stream");
      if (k > 0 && t >= measured_from) bytes += (unsigned long long)k;
    }
  }
  printf("{\"bytes\":%llu,\"seconds\":%.4f}\n", bytes, now_seconds() - measured_from);
  return 0;
}

int main(int c, char **v) {
  signal(SIGPIPE, SIG_IGN);
  if (c == 3 && !strcmp(v[1], "serve")) serve(atoi(v[2]));
  if (c == 8 || c == 10) return load(v, c);
  fprintf(stderr, "usage: see the head of this file\n");
  return 2;
}
