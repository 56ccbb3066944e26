#define _GNU_SOURCE
#include "flow_stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char chunk[CHUNK_BYTES];
struct flow *flows;
int epoll_fd;
static int binned_flows;
int open_flows;

double now_s(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double wall_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void die(const char *what)
{
  fprintf(stderr, "flow: %s: %s\n", what, strerror(errno));
  exit(1);
}

void watch(struct flow *flow, uint32_t events)
{
  struct epoll_event event = {.events = events, .data.ptr = flow};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, flow->fd, &event) < 0) die("epoll_ctl");
}

struct flow *flow_new(int fd, enum stage stage)
{
  struct flow *flow = calloc(1, sizeof *flow);
  if (!flow) die("calloc");
  flow->fd = fd;
  flow->stage = stage;
  flow->started = now_s();
  flow->wall_ms = wall_ms();
  flow->connected = flow->first_byte = flow->last_byte = -1;
  flow->next = flows;
  flows = flow;
  open_flows++;
  struct epoll_event event = {.events = stage == STAGE_CONNECTING ? EPOLLOUT : EPOLLIN, .data.ptr = flow};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  return flow;
}

static double since_ms(const struct flow *flow, double moment)
{
  return moment < 0 ? -1 : (moment - flow->started) * 1e3;
}

/* Only a receiver has something to say. */
void flow_end(struct flow *flow)
{
  bool is_receiver = flow->is_put == flow->is_server;
  if (flow->stage == STAGE_ENDED) return;
  if (is_receiver && !(flow->is_server && flow->stage == STAGE_ORDER)) {
    printf("{\"id\":%d,\"startedMs\":%.3f,\"connectMs\":%.3f,\"firstByteMs\":%.3f,\"endMs\":%.3f,\"bytes\":%llu,\"bins\":[",
           flow->id, flow->wall_ms, since_ms(flow, flow->connected), since_ms(flow, flow->first_byte),
           since_ms(flow, flow->last_byte), (unsigned long long)flow->bytes);
    for (int i = 0; i < flow->bin_count; i++) printf(i ? ",%u" : "%u", flow->bins[i]);
    printf("]}\n");
    fflush(stdout);
  }
  close(flow->fd);
  if (flow->bins) binned_flows--;
  free(flow->bins);
  flow->bins = NULL;
  flow->stage = STAGE_ENDED;
  open_flows--;
}

static void flow_count(struct flow *flow, size_t bytes)
{
  double now = now_s();
  if (flow->first_byte < 0) {
    flow->first_byte = now;
    if (binned_flows < MAX_BINNED && (flow->bins = calloc(MAX_BINS, sizeof *flow->bins))) binned_flows++;
  }
  flow->last_byte = now;
  flow->bytes += bytes;
  int bin = (int)((now - flow->started) * 1000 / BIN_MS);
  if (!flow->bins || bin >= MAX_BINS) return;
  flow->bins[bin] += (uint32_t)bytes;
  if (bin >= flow->bin_count) flow->bin_count = bin + 1;
}

void flow_receive(struct flow *flow)
{
  for (int reads = 0; reads < 8; reads++) {
    ssize_t length = recv(flow->fd, chunk, sizeof chunk, MSG_DONTWAIT);
    if (length > 0) flow_count(flow, (size_t)length);
    else if (length == 0 || errno != EAGAIN) return flow_end(flow);
    else return;
  }
}

/* Applications write records; one that wrote byte by byte would measure the machine's packets. */
#define RECORD_BYTES 4096

/* Bytes that may be sent by now; a sender that was held up catches up by 50 ms, or two records, at most. */
void flow_send(struct flow *flow)
{
  double now = now_s(), age = now - flow->connected;
  if (age >= flow->seconds) {
    shutdown(flow->fd, SHUT_WR);
    flow->stage = STAGE_RECEIVING;
    return watch(flow, EPOLLIN);
  }
  for (int writes = 0; writes < 8; writes++) {
    size_t size = sizeof chunk;
    if (flow->rate > 0) {
      double due = age * flow->rate - (double)flow->bytes;
      if (due < RECORD_BYTES) return;
      if (due < (double)size) size = (size_t)due;
    }
    ssize_t length = send(flow->fd, chunk, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (length > 0) flow->bytes += (uint64_t)length;
    else if (errno == EAGAIN) break;
    else return flow_end(flow);
  }
  if (flow->rate > 0) {
    double slack = 0.05 * flow->rate, due = age * flow->rate;
    if (slack < 2 * RECORD_BYTES) slack = 2 * RECORD_BYTES;
    if (due - (double)flow->bytes > slack) flow->bytes = (uint64_t)(due - slack);
  }
}

static void flow_start(struct flow *flow)
{
  bool is_sender = flow->is_put != flow->is_server;
  flow->stage = is_sender ? STAGE_SENDING : STAGE_RECEIVING;
  if (is_sender) flow->connected = now_s();
  watch(flow, is_sender && flow->rate == 0 ? EPOLLOUT | EPOLLRDHUP : EPOLLIN);
}

/* Read up to and with `end`, not beyond. True once it is there. */
bool line_read(struct flow *flow, const char *end)
{
  while (flow->line_bytes < sizeof flow->line - 1) {
    ssize_t length = recv(flow->fd, flow->line + flow->line_bytes, 1, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) return false;
    if (length <= 0) {
      flow_end(flow);
      return false;
    }
    flow->line[++flow->line_bytes] = '\0';
    if (flow->line_bytes >= strlen(end) && !strcmp(flow->line + flow->line_bytes - strlen(end), end)) return true;
  }
  flow_end(flow);
  return false;
}

void order_take(struct flow *flow)
{
  char verb[4];
  if (!line_read(flow, "\n")) return;
  if (sscanf(flow->line, "%3s %lf %lf %d", verb, &flow->seconds, &flow->rate, &flow->id) != 4) return flow_end(flow);
  flow->is_put = !strcmp(verb, "PUT");
  flow->connected = now_s();
  flow_start(flow);
}

void order_send(struct flow *flow)
{
  char text[LINE_BYTES];
  int length = snprintf(text, sizeof text, "%s %f %f %d\n", flow->is_put ? "PUT" : "GET", flow->seconds, flow->rate,
                        flow->id);
  if (send(flow->fd, text, (size_t)length, MSG_NOSIGNAL) != length) return flow_end(flow);
  flow_start(flow);
}
