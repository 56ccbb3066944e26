#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int pool_open(struct pool *pool) {
  memset(pool, 0, sizeof *pool);
  pool->scratch = malloc(POOL_LARGE_BYTES);
  return pool->scratch ? 0 : -ENOMEM;
}

void pool_close(struct pool *pool) {
  free(pool->scratch);
  while (pool->spare_large_count) free(pool->spare_large[--pool->spare_large_count]);
  while (pool->spare_pipe_count) {
    struct pipe_pair *pipe = &pool->spare_pipes[--pool->spare_pipe_count];
    close(pipe->read_fd);
    close(pipe->write_fd);
  }
}

bool pool_has_large(const struct pool *pool) { return pool->large_in_use < POOL_MAX_LARGE; }

bool pool_has_pipe(const struct pool *pool) { return pool->pipes_in_use < POOL_MAX_PIPES; }

uint8_t *pool_take_scratch(struct pool *pool) {
  uint8_t *next = pool->spare_large_count ? pool->spare_large[--pool->spare_large_count] : malloc(POOL_LARGE_BYTES);
  if (!next) return NULL;
  uint8_t *taken = pool->scratch;
  pool->scratch = next;
  pool->large_in_use++;
  return taken;
}

void pool_return_large(struct pool *pool, uint8_t *buffer) {
  pool->large_in_use--;
  if (pool->spare_large_count < POOL_SPARE_LARGE) {
    pool->spare_large[pool->spare_large_count++] = buffer;
  } else {
    free(buffer);
  }
}

int pool_take_pipe(struct pool *pool, struct pipe_pair *pair) {
  if (pool->spare_pipe_count) {
    *pair = pool->spare_pipes[--pool->spare_pipe_count];
  } else {
    int fds[2];
    if (pipe2(fds, O_NONBLOCK | O_CLOEXEC)) return -errno;
    /* Refused beyond the user's pipe-user-pages-soft: the default size still works. */
    fcntl(fds[1], F_SETPIPE_SZ, (int)POOL_PIPE_BYTES);
    pair->read_fd = fds[0];
    pair->write_fd = fds[1];
  }
  pool->pipes_in_use++;
  return 0;
}

void pool_return_pipe(struct pool *pool, struct pipe_pair *pipe, bool is_empty) {
  if (pipe->read_fd < 0) return;
  pool->pipes_in_use--;
  if (is_empty && pool->spare_pipe_count < POOL_SPARE_PIPES) {
    pool->spare_pipes[pool->spare_pipe_count++] = *pipe;
  } else {
    close(pipe->read_fd);
    close(pipe->write_fd);
  }
  pipe->read_fd = pipe->write_fd = -1;
}
