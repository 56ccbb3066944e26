/*
 * The relay engine: threads that own sockets. JavaScript decides, one command at a time, and hears of everything
 * through wire records. All functions here are called from the one JavaScript thread and never block, except
 * engine_destroy, which waits for the threads to end.
 */
#ifndef TWINPATH_ENGINE_H
#define TWINPATH_ENGINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "wire.h"

#define ENGINE_MAX_THREADS 64

struct engine;
struct connect_target;

/* Somebody else's bytes. */
struct byte_span {
  const void *bytes;
  uint32_t length;
};

struct engine_options {
  uint32_t threads;              /* 1 to ENGINE_MAX_THREADS */
  uint8_t last_sides;            /* whose transports a closed connection's last counters have; a bit each */
  /* These may change while threads run (engine_set_bounds). */
  _Atomic uint32_t handshake_timeout_ms; /* from accept to the first relay command */
  _Atomic uint32_t idle_timeout_ms;      /* 0: never */
  _Atomic uint32_t max_connections;
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

/* Wake the threads that have commands: those after this line wait for it, but for listeners and the stop. */
void engine_flush(struct engine *engine);

/* Move the waiting records into `wire` (which is emptied first). True where the last one is WIRE_STOPPED. */
bool engine_take(struct engine *engine, struct wire *wire);

/* Returns the listener id (>= 1) or -errno. `bound` receives the address with the port the kernel chose. */
int engine_listen(struct engine *engine, const struct sockaddr_storage *address, bool is_mptcp, int backlog,
                  bool is_transparent, bool is_fast_open, struct sockaddr_storage *bound);
/*
 * Accept from a listening socket that another process may accept from too; the descriptor is the engine's from here on,
 * also on failure. Returns the listener id or -errno.
 */
int engine_adopt(struct engine *engine, int fd, bool is_transparent, struct sockaddr_storage *bound);
/* Stops accepting at once; what waits to be accepted is reset. An unknown id is ignored. */
void engine_close_listener(struct engine *engine, int id);
/* Accepts no more and gives its descriptor up: where another process has the socket too, it stays open, and nothing
   that waits in it is lost. An unknown id is ignored. */
void engine_leave_listener(struct engine *engine, int id);
/* The listener's descriptor, to be used before the next call; -EBADF for an unknown id. */
int engine_listener_fd(const struct engine *engine, int id);

/* In force at once for new connections, and for the others when their deadline comes up (within 8 s). Connections that
   were relayed while the idle time-out was 0 have none. */
void engine_set_bounds(struct engine *engine, uint32_t handshake_ms, uint32_t idle_ms, uint32_t connections);

/*
 * Commands. `side` is 0 for the client, 1 for the upstream. A stale connection id is ignored.
 * Each returns 0 or -ENOMEM.
 */
int engine_read(struct engine *engine, uint64_t connection, int side);
/* `is_relayed`: they are the other side's own bytes, and count as relayed. */
int engine_write(struct engine *engine, uint64_t connection, int side, const void *bytes, uint32_t length,
                 bool is_relayed);
/* `with_syn` empty: nothing goes before what is written. `answer` empty: nothing is relayed until engine_relay. */
int engine_connect(struct engine *engine, uint64_t connection, const struct connect_target *target,
                   struct byte_span with_syn, struct byte_span answer);
/* `upload_limit` below 0: no limit. */
int engine_relay(struct engine *engine, uint64_t connection, int64_t upload_limit);
/* So many bytes of the side `source`, the other direction staying as it is. */
int engine_pass(struct engine *engine, uint64_t connection, int source, uint64_t bytes);
int engine_hang_up(struct engine *engine, uint64_t connection);
int engine_close(struct engine *engine, uint64_t connection, bool is_reset);
/* Make the limit or change it: bytes a second of upload and download, 0 for none. */
int engine_set_limit(struct engine *engine, int64_t limit, const uint64_t rates[2]);
/* An unknown limit is ignored. */
int engine_drop_limit(struct engine *engine, int64_t limit);
/* -ENOENT where there is no such limit. `limit` NULL: none from now on. */
int engine_limit(struct engine *engine, uint64_t connection, const int64_t *limit);
int engine_bound_send_buffer(struct engine *engine, uint64_t connection, int side, uint32_t bytes);
/*
 * `connections` NULL: all, with `is_moved` those that relayed bytes lately. `sides` is a bit mask (1 client, 2 upstream).
 * One WIRE_SAMPLED record answers.
 */
int engine_sample(struct engine *engine, uint32_t request, const uint64_t *connections, uint32_t count,
                  uint8_t sides, bool is_moved);
/* One WIRE_PATHS record answers; `connections` NULL: those that relayed bytes since their paths were read last. */
int engine_sample_paths(struct engine *engine, uint32_t request, const uint64_t *connections, uint32_t count,
                        bool is_client);

void engine_get_stats(struct engine *engine, struct engine_stats *stats);

/* False once the connection ended, even where its WIRE_CLOSED still waits to be taken. */
bool engine_is_open(struct engine *engine, uint64_t connection);

#endif
