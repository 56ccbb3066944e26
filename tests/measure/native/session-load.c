/*
 * Sessions through a relay: many short ones, many idle ones, or one that plays ping-pong beside others that download.
 * Each prints one line of JSON.
 *
 *   session-load serve <port>
 *   session-load rate <at once> <seconds> <relay…>           SOCKS or CONNECT, 1 KB from the server, close
 *   session-load idle <sessions> <relay…>                    opens them, a byte each way, then holds them until its
 *                                                            standard input ends
 *   session-load ping <pings> <streams> <Mbit/s> <relay…>    p50 and p99 beside streams that share the rate
 *
 * <relay…> is <relay port> <server port> tcp|mptcp direct|socks5|connect [user password]. The first byte of a stream
 * says what the server does: 'R' answers with 1 KB, 'E' sends back what comes, 'L' sends 64 KB chunks at the rate (in
 * Mbit/s, text up to the end of the line) that follows.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

enum { ANSWER_BYTES = 1024, CHUNK_BYTES = 64 * 1024, MAX_FDS = 100000, MAX_AT_ONCE = 1024, RAMP_UP_MS = 500 };
static unsigned char buffer[256 * 1024];

/* Server. */

static char modes[MAX_FDS]; /* by descriptor; 0: nothing heard yet */
static int timer_of[MAX_FDS], stream_of[MAX_FDS];

static void serve_close(int fd) {
  if (modes[fd] == 'L') {
    modes[timer_of[fd]] = 0;
    close(timer_of[fd]);
  }
  modes[fd] = 0;
  close(fd);
}

static void serve_begin_stream(int ep, int fd, const char *rate) {
  double interval = CHUNK_BYTES * 8 / (atof(rate) * 1e6);
  struct itimerspec every = {.it_interval.tv_nsec = (long)(interval * 1e9), .it_value.tv_nsec = (long)(interval * 1e9)};
  int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  if (timer < 0 || timer >= MAX_FDS || timerfd_settime(timer, 0, &every, NULL) < 0) load_fail("timer");
  modes[timer] = 'T';
  timer_of[fd] = timer;
  stream_of[timer] = fd;
  load_watch(ep, timer, EPOLLIN);
}

static void serve_tick(int timer) {
  uint64_t times = 0;
  if (read(timer, &times, sizeof times) != sizeof times) return;
  /* What the socket does not take is left out: the rate is that of the reader then. */
  for (; times > 0; times--)
    if (send(stream_of[timer], buffer, CHUNK_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
}

static void serve_ready(int ep, int fd) {
  char heard[64];
  ssize_t n = recv(fd, heard, sizeof heard - 1, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    serve_close(fd);
    return;
  }
  heard[n] = 0;
  char known = modes[fd];
  if (!known) modes[fd] = heard[0];
  if (modes[fd] == 'R') send(fd, buffer, ANSWER_BYTES, MSG_NOSIGNAL);
  if (modes[fd] == 'E') send(fd, heard, (size_t)n, MSG_NOSIGNAL);
  if (modes[fd] == 'L' && !known) serve_begin_stream(ep, fd, heard + 1);
}

static void serve(int port) {
  load_raise_descriptors();
  int one = 1, listener = load_listen(port), ep = epoll_create1(0);
  load_watch(ep, listener, EPOLLIN);
  for (;;) {
    struct epoll_event events[256];
    int n = epoll_wait(ep, events, 256, -1), has_clients = 0;
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) has_clients = 1;
      else if (modes[fd] == 'T') serve_tick(fd);
      else serve_ready(ep, fd);
    }
    /* Last, so that no event of a descriptor closed above is taken for the new one of the same number. */
    for (int fd, taken = 0; has_clients && taken < 64; taken++) {
      fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
      if (fd < 0 || fd >= MAX_FDS) break;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      load_watch(ep, fd, EPOLLIN);
    }
  }
}

/* Short sessions. */

struct session {
  int fd, step; /* step -1: connecting; the handshake's count: asked for the answer */
  size_t got;
  double began;
  unsigned char answer[ANSWER_BYTES];
};

static const struct step ask_answer = {.bytes = "R", .length = 1, .answer_bytes = ANSWER_BYTES, .status_at = -1};

static void session_begin(int ep, const struct relay *relay, struct session *session) {
  struct sockaddr_in address = load_local_port(relay->port);
  *session = (struct session){.fd = load_socket(relay, 0), .step = -1, .began = load_now_seconds()};
  if (connect(session->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) load_fail("connect");
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = session};
  if (epoll_ctl(ep, EPOLL_CTL_ADD, session->fd, &event) < 0) load_fail("epoll_ctl");
}

static const struct step *session_step(const struct relay *relay, const struct session *session) {
  return session->step < relay->handshake.count ? &relay->handshake.steps[session->step] : &ask_answer;
}

static int session_next(const struct relay *relay, struct session *session) {
  session->step++;
  session->got = 0;
  const struct step *step = session_step(relay, session);
  return send(session->fd, step->bytes, step->length, MSG_NOSIGNAL) == (ssize_t)step->length ? 0 : -1;
}

/* 1: it is over, -1: it failed. */
static int session_advance(int ep, const struct relay *relay, struct session *session) {
  if (session->step < 0) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = session};
    epoll_ctl(ep, EPOLL_CTL_MOD, session->fd, &event);
    return session_next(relay, session);
  }
  ssize_t n = recv(session->fd, session->answer + session->got, sizeof session->answer - session->got, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return 0;
  if (n <= 0) return -1;
  session->got += (size_t)n;
  int state = load_check_answer(session_step(relay, session), session->answer, session->got);
  if (state <= 0) return state;
  return session->step == relay->handshake.count ? 1 : session_next(relay, session);
}

static int rate(char **words, int count) {
  static struct session sessions[MAX_AT_ONCE];
  int at_once = atoi(words[0]), ep = epoll_create1(0);
  double seconds = atof(words[1]), from = load_now_seconds() + RAMP_UP_MS / 1000.0;
  long done = 0, failed = 0;
  struct relay relay = load_parse_relay(words + 2, count - 2);
  if (at_once < 1 || at_once > MAX_AT_ONCE || seconds <= 0 || seconds > 60) return 2;
  for (int i = 0; i < at_once; i++) session_begin(ep, &relay, &sessions[i]);
  for (double t = load_now_seconds(); t < from + seconds; t = load_now_seconds()) {
    struct epoll_event events[256];
    int n = epoll_wait(ep, events, 256, 100);
    for (int i = 0; i < n; i++) {
      struct session *session = events[i].data.ptr;
      int state = session_advance(ep, &relay, session);
      if (!state) continue;
      if (t >= from) done += state > 0, failed += state < 0;
      close(session->fd);
      session_begin(ep, &relay, session);
    }
  }
  printf("{\"done\":%ld,\"failed\":%ld,\"seconds\":%.4f}\n", done, failed, load_now_seconds() - from);
  return 0;
}

/* Idle sessions. */

static int idle(char **words, int count) {
  int sessions = atoi(words[0]);
  struct relay relay = load_parse_relay(words + 1, count - 1);
  load_raise_descriptors();
  for (int i = 0; i < sessions; i++) {
    char byte = 'E';
    int fd = load_open(&relay);
    if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(fd, &byte, 1, 0) != 1) load_fail("echo");
  }
  printf("{\"open\":%d}\n", sessions);
  fflush(stdout);
  while (read(STDIN_FILENO, buffer, sizeof buffer) > 0) continue;
  return 0;
}

/* Ping-pong. */

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* A process of its own, so that what it reads does not wait for pings nor they for it. Writes its bytes at the end. */
static pid_t begin_streams(const struct relay *relay, int streams, double mbps, int report_fd) {
  pid_t child = fork();
  if (child != 0) return child;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int ep = epoll_create1(0);
  unsigned long long bytes = 0;
  for (int i = 0; i < streams; i++) {
    char ask[32];
    int fd = load_open(relay), n = snprintf(ask, sizeof ask, "L%f\n", mbps / streams);
    if (send(fd, ask, (size_t)n, MSG_NOSIGNAL) != n) load_fail("start");
    load_watch(ep, fd, EPOLLIN);
  }
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait(ep, events, 64, -1);
    for (int i = 0; i < n; i++) {
      ssize_t k = recv(events[i].data.fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (k == 0 || (k < 0 && errno != EAGAIN)) load_fail("stream");
      if (k > 0) bytes += (unsigned long long)k;
    }
    if (pwrite(report_fd, &bytes, sizeof bytes, 0) != sizeof bytes) load_fail("report");
  }
}

static unsigned long long reported(int fd) {
  unsigned long long bytes = 0;
  return pread(fd, &bytes, sizeof bytes, 0) == sizeof bytes ? bytes : 0;
}

static int ping(char **words, int count) {
  int pings = atoi(words[0]), streams = atoi(words[1]);
  double mbps = atof(words[2]);
  struct relay relay = load_parse_relay(words + 3, count - 3);
  double *spans = calloc((size_t)pings, sizeof *spans);
  int report = fileno(tmpfile());
  if (!spans || pings < 100 || pings > 100000 || streams < 0 || streams > 256) return 2;
  pid_t child = streams > 0 ? begin_streams(&relay, streams, mbps, report) : 0;
  usleep(RAMP_UP_MS * 1000);
  int fd = load_open(&relay);
  unsigned long long bytes = reported(report);
  double began = load_now_seconds();
  for (int i = 0; i < pings; i++) {
    char byte = 'E';
    usleep(300);
    double t = load_now_seconds();
    if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(fd, &byte, 1, 0) != 1) load_fail("ping");
    spans[i] = load_now_seconds() - t;
  }
  double seconds = load_now_seconds() - began;
  bytes = reported(report) - bytes;
  qsort(spans, (size_t)pings, sizeof *spans, compare);
  printf("{\"p50\":%.1f,\"p99\":%.1f,\"gbps\":%.3f}\n", spans[pings / 2] * 1e6, spans[pings * 99 / 100] * 1e6,
         (double)bytes * 8 / seconds / 1e9);
  if (child) {
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
  }
  return 0;
}

int main(int count, char **words) {
  signal(SIGPIPE, SIG_IGN);
  if (count == 3 && !strcmp(words[1], "serve")) serve(atoi(words[2]));
  if (count >= 8 && !strcmp(words[1], "rate")) return rate(words + 2, count - 2);
  if (count >= 7 && !strcmp(words[1], "idle")) return idle(words + 2, count - 2);
  if (count >= 9 && !strcmp(words[1], "ping")) return ping(words + 2, count - 2);
  fprintf(stderr, "usage: see the head of this file\n");
  return 2;
}
