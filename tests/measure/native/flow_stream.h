/* One timed stream of flow.c: its connection, what is sent or got by it, and the line that tells of it. */
#ifndef FLOW_STREAM_H
#define FLOW_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  BIN_MS = 10,
  MAX_BINS = 100 * 600,
  MAX_BINNED = 4,
  CHUNK_BYTES = 1 << 18,
  LINE_BYTES = 512,
  /* Pause between chunks of a rate that is kept. */
  TICK_MS = 5,
  OPEN_EVERY_MS = 4,
};

enum stage { STAGE_CONNECTING, STAGE_PROXY, STAGE_ORDER, STAGE_SENDING, STAGE_RECEIVING, STAGE_ENDED };

struct flow {
  int fd;
  enum stage stage;
  bool is_put;
  bool is_server;
  double seconds, rate;
  int id;
  double started, wall_ms, connected, first_byte, last_byte;
  uint64_t bytes;
  uint32_t *bins;
  int bin_count;
  char line[LINE_BYTES];
  size_t line_bytes;
  struct flow *next;
};

extern struct flow *flows;
extern int epoll_fd;
extern int open_flows;

double now_s(void);
void die(const char *what);
void watch(struct flow *flow, uint32_t events);
struct flow *flow_new(int fd, enum stage stage);
void flow_end(struct flow *flow);
void flow_receive(struct flow *flow);
void flow_send(struct flow *flow);
bool line_read(struct flow *flow, const char *end);
void order_take(struct flow *flow);
void order_send(struct flow *flow);

#endif
