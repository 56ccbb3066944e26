/* Buffers and pipes of one thread: a connection holds one only while it is busy. */
#ifndef TWINPATH_POOL_H
#define TWINPATH_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One read where splicing does not pay; also the size of every large buffer. 512 KB cost a third more CPU. */
#define POOL_LARGE_BYTES (2u << 20)
#define POOL_PIPE_BYTES (1u << 20)

/* At most this many in use by blocked flows of one thread; beyond, flows fall back to small reads. */
#define POOL_MAX_LARGE 64
#define POOL_MAX_PIPES 256
/* Kept ready when not in use. */
#define POOL_SPARE_LARGE 8
#define POOL_SPARE_PIPES 16

struct pipe_pair {
  int read_fd, write_fd; /* -1: none */
};

struct pool {
  uint8_t *scratch; /* POOL_LARGE_BYTES, free between two reads */
  uint8_t *spare_large[POOL_SPARE_LARGE];
  uint32_t spare_large_count, large_in_use;
  struct pipe_pair spare_pipes[POOL_SPARE_PIPES];
  uint32_t spare_pipe_count, pipes_in_use;
};

/* Returns 0 or -ENOMEM. */
int pool_open(struct pool *pool);
void pool_close(struct pool *pool);

/* True while a flow may take away the scratch buffer or a pipe. */
bool pool_has_large(const struct pool *pool);
bool pool_has_pipe(const struct pool *pool);

/* Give the scratch buffer away and put another in its place. NULL: out of memory, the scratch buffer stays. */
uint8_t *pool_take_scratch(struct pool *pool);
void pool_return_large(struct pool *pool, uint8_t *buffer);

/* Returns 0 or -errno. */
int pool_take_pipe(struct pool *pool, struct pipe_pair *pipe);
/* A pipe that still holds bytes is closed. */
void pool_return_pipe(struct pool *pool, struct pipe_pair *pipe, bool is_empty);

#endif
