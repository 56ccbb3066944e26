#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

void load_fail(const char *what) {
  perror(what);
  exit(1);
}

double load_now_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct sockaddr_in load_local_port(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void load_watch(int ep, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) < 0) load_fail("epoll_ctl");
}

void load_raise_descriptors(void) {
  struct rlimit most = {.rlim_cur = 100000, .rlim_max = 100000};
  if (setrlimit(RLIMIT_NOFILE, &most) == 0 || getrlimit(RLIMIT_NOFILE, &most) < 0) return;
  most.rlim_cur = most.rlim_max;
  setrlimit(RLIMIT_NOFILE, &most);
}

int load_listen(int port) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = load_local_port(port);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 4096) < 0) load_fail("listen");
  return fd;
}

static struct step *add_step(struct handshake *handshake, const void *bytes, size_t length, size_t answer_bytes,
                             int status_at) {
  struct step *step = &handshake->steps[handshake->count++];
  memcpy(step->bytes, bytes, length);
  step->length = length;
  step->answer_bytes = answer_bytes;
  step->status_at = status_at;
  return step;
}

/* RFC 1928 and RFC 1929. */
static void add_socks5(struct handshake *handshake, int port, const char *user, const char *password) {
  add_step(handshake, user ? "\x05\x01\x02" : "\x05\x01\x00", 3, 2, -1);
  if (user) {
    unsigned char message[LOAD_STEP_BYTES];
    int n = snprintf((char *)message, sizeof message, "\x01%c%s%c%s", (int)strlen(user), user, (int)strlen(password),
                     password);
    add_step(handshake, message, (size_t)n, 2, 1);
  }
  unsigned char ask[] = {5, 1, 0, 1, 127, 0, 0, 1, (unsigned char)(port >> 8), (unsigned char)port};
  add_step(handshake, ask, sizeof ask, 10, 1);
}

static void add_connect(struct handshake *handshake, int port) {
  char text[100];
  int n = snprintf(text, sizeof text, "CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", port, port);
  add_step(handshake, text, (size_t)n, LOAD_UNTIL_EMPTY_LINE, -1);
}

struct relay load_parse_relay(char **words, int count) {
  struct relay relay = {.port = atoi(words[0]), .is_mptcp = !strcmp(words[2], "mptcp")};
  int server_port = atoi(words[1]);
  if (!strcmp(words[3], "socks5"))
    add_socks5(&relay.handshake, server_port, count > 5 ? words[4] : NULL, count > 5 ? words[5] : NULL);
  if (!strcmp(words[3], "connect")) add_connect(&relay.handshake, server_port);
  return relay;
}

int load_socket(const struct relay *relay, int is_blocking) {
  int one = 1, type = SOCK_STREAM | (is_blocking ? 0 : SOCK_NONBLOCK);
  int fd = socket(AF_INET, type, relay->is_mptcp ? IPPROTO_MPTCP : 0);
  if (fd < 0) load_fail("socket");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

int load_check_answer(const struct step *step, const unsigned char *answer, size_t length) {
  if (step->answer_bytes == LOAD_UNTIL_EMPTY_LINE) {
    if (!memmem(answer, length, "\r\n\r\n", 4)) return 0;
    return memcmp(answer + strlen("HTTP/1.x "), "2", 1) == 0 ? 1 : -1;
  }
  if (length < step->answer_bytes) return 0;
  return step->status_at < 0 || answer[step->status_at] == 0 ? 1 : -1;
}

int load_open(const struct relay *relay) {
  struct timeval limit = {.tv_sec = 10};
  struct sockaddr_in address = load_local_port(relay->port);
  int fd = load_socket(relay, 1);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) load_fail("connect");
  for (int i = 0; i < relay->handshake.count; i++) {
    const struct step *step = &relay->handshake.steps[i];
    unsigned char answer[1024];
    size_t got = 0;
    int state = 0;
    if (send(fd, step->bytes, step->length, MSG_NOSIGNAL) != (ssize_t)step->length) load_fail("handshake send");
    while (!(state = load_check_answer(step, answer, got))) {
      size_t room = step->answer_bytes ? step->answer_bytes - got : 1;
      ssize_t n = got < sizeof answer ? recv(fd, answer + got, room, 0) : -1;
      if (n <= 0) load_fail("handshake recv");
      got += (size_t)n;
    }
    if (state < 0) load_fail("refused");
  }
  return fd;
}

void load_reset(int fd) {
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}
