/*
 * The relay engine: threads that own sockets. JavaScript decides, one command at a time, and hears of everything
 * through wire records. All functions here are called from the one JavaScript thread and never block, except
 * engine_destroy, which waits for the threads to end.
 */
#ifndef TWINPATH_ENGINE_H
#define TWINPATH_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "wire.h"

#define ENGINE_MAX_THREADS 64

struct engine;

struct engine_options {
  uint32_t threads;              /* 1 to ENGINE_MAX_THREADS */
  uint32_t handshake_timeout_ms; /* from accept to the first relay command */
  uint32_t idle_timeout_ms;      /* 0: never */
  uint32_t max_connections;
  /* Called from any relay thread when records wait for engine_take; must not block. */
  void (*notify)(void *context);
  void *context;
};

struct engine_stats {
  uint64_t connections, accepted, refused, relaying, upload_bytes, download_bytes;
};

/* Returns 0 and the running engine, or -errno. */
int engine_create(const struct engine_options *options, struct engine **engine);

/* Close everything and end the threads; the last record is WIRE_STOPPED. Later commands are ignored. */
void engine_stop(struct engine *engine);

/* engine_stop where it was not called, wait for the threads, free all memory. No record is sent any more. */
void engine_destroy(struct engine *engine);

/* Between these, threads are woken once at the end instead of once for every command. */
void engine_begin_batch(struct engine *engine);
void engine_end_batch(struct engine *engine);

/* Move the waiting records into `wire` (which is emptied first). True where the last one is WIRE_STOPPED. */
bool engine_take(struct engine *engine, struct wire *wire);

/* Returns the listener id (>= 1) or -errno. `bound` receives the address with the port the kernel chose. */
int engine_listen(struct engine *engine, const struct sockaddr_storage *address, bool is_mptcp, int backlog,
                  struct sockaddr_storage *bound);
/* Stops accepting at once. An unknown id is ignored. */
void engine_close_listener(struct engine *engine, int id);

/*
 * Commands. `side` is 0 for the client, 1 for the upstream. A stale connection id is ignored.
 * Each returns 0 or -ENOMEM.
 */
int engine_read(struct engine *engine, uint64_t connection, int side);
int engine_write(struct engine *engine, uint64_t connection, int side, const void *bytes, uint32_t length);
int engine_connect(struct engine *engine, uint64_t connection, const struct sockaddr_storage *remote,
                   const struct sockaddr_storage *local, bool is_mptcp, uint32_t timeout_ms);
/* `upload_limit` below 0: no limit. */
int engine_relay(struct engine *engine, uint64_t connection, int64_t upload_limit);
int engine_close(struct engine *engine, uint64_t connection, bool is_reset);
/* `connections` NULL: all. `sides` is a bit mask (1 client, 2 upstream). One WIRE_SAMPLED record answers. */
int engine_sample(struct engine *engine, uint32_t request, const uint64_t *connections, uint32_t count,
                  uint8_t sides);

void engine_get_stats(struct engine *engine, struct engine_stats *stats);

/* False once the connection ended, even where its WIRE_CLOSED still waits to be taken. */
bool engine_is_open(struct engine *engine, uint64_t connection);

#endif
