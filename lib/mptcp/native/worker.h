/*
 * One relay thread and its connections. Only the thread itself touches what is here, except where a field says
 * otherwise. Time is in milliseconds on the thread's own clock (`now_ms`, taken once a turn).
 */
#ifndef TWINPATH_WORKER_H
#define TWINPATH_WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "command.h"
#include "engine.h"
#include "pool.h"
#include "throttle.h"
#include "wire.h"

enum { SIDE_CLIENT = 0, SIDE_UPSTREAM = 1, SIDES = 2 };

/* Known to ../decode-events.ts in this order. */
enum close_reason {
  REASON_FINISHED,
  REASON_CLOSED_BY_OWNER,
  REASON_CLIENT_RESET,
  REASON_UPSTREAM_RESET,
  REASON_CLIENT_GONE,
  REASON_HANDSHAKE_TIMEOUT,
  REASON_IDLE_TIMEOUT,
  REASON_ENGINE_STOPPED,
};

enum flow_mode {
  FLOW_TALK,    /* one chunk to JavaScript for each read command */
  FLOW_RELAY,   /* to the other socket */
  FLOW_DISCARD, /* read and dropped while the connection ends, so that close() sends no RST over delivered bytes */
};

struct rival;
struct transport;
struct turn;

/* One socket of a connection. */
struct end {
  int fd; /* -1: none */
  /* The last reading from when the socket began to end: an MPTCP one loses its subflows once it is closed. */
  struct transport *remembered;
  uint32_t waiting; /* what was not acknowledged when it was looked at last */
  bool is_mptcp;
  bool is_readable, is_writable; /* until the kernel says EAGAIN */
  bool must_drain;               /* FIN, an error or urgent data is there: a short read is not the end of it */
  bool has_urgent;               /* urgent data came, before which splicing stops: its bytes are read from then on */
  bool has_error;
  bool is_broken;                /* its error was read: nothing comes after what came */
  bool is_ended;                 /* its FIN was read */
  bool is_shut;                  /* our FIN was sent */
  bool is_read_wanted;
  bool is_odd; /* an odd number of sockets came before this one: events of those are not its own */
};

/* Bytes from one side to the other. Their order: held, then in the pipe, then queued, then what is read next. */
struct flow {
  struct block *queue, *queue_tail;
  uint8_t *held; /* read and not yet taken by the other socket */
  uint32_t held_offset, held_length;
  uint32_t pipe_length;
  struct pipe_pair pipe; /* only while the flow is busy */
  uint8_t mode;
  bool is_held_large, is_busy, is_limited;
  uint64_t limit; /* bytes still allowed where is_limited */
  uint64_t bytes; /* relayed */
};

struct connection {
  /* These outlive the slot's reuse. */
  uint32_t slot;
  _Atomic uint32_t generation; /* read by other threads (engine_is_open) */
  bool is_queued;              /* on the ready list */
  struct connection *next_ready;
  /* From here on all is zero in a new connection. */
  struct connection *next_free;
  bool is_open, is_announced, is_connecting, is_connected, is_relayed, is_ending, is_lingering, is_draining;
  uint8_t end_reason;
  int end_error;
  uint32_t listener;
  struct connection *timer_next, **timer_link; /* timer_link NULL: not on the wheel */
  uint32_t timer_slot;
  uint64_t handshake_ms; /* since when a handshake has its time, unless it waits for a connect: anew after that */
  uint64_t active_ms, connect_deadline_ms, end_deadline_ms;
  struct end end[SIDES];
  struct flow flow[SIDES]; /* indexed by the side the bytes come from */
  struct throttle *throttle; /* NULL: no limit */
  uint64_t paths_bytes;      /* relayed both ways when its paths were read last */
  bool has_syn_block;        /* while connecting: the upload's queue begins with the block that was to go with the SYN */
  size_t syn_bytes;          /* how many of its bytes did */
  struct block *answer;      /* while connecting: the client's once that is done, when relaying begins; NULL: none */
  struct rival *rivals;      /* further attempts, while connecting */
  uint32_t rivals_begun;
};

#define SLOT_BITS 20
#define SLOT_CHUNK 256
#define SLOT_CHUNKS ((1u << SLOT_BITS) / SLOT_CHUNK)
#define GENERATION_BITS 27
#define GENERATION_MAX ((1u << GENERATION_BITS) - 1)

#define WHEEL_SLOTS 64
#define WHEEL_TICK_MS 64

#define WORKER_MAX_LISTENERS 32
#define WORKER_NOTHING_DUE UINT64_MAX

struct listener {
  int id, fd;
  bool is_mptcp, is_transparent;
  bool is_open;           /* the JavaScript thread's */
  _Atomic uint32_t users; /* threads that may still use `fd` as a number; UINT32_MAX: closed */
  struct listener *next;  /* the engine's list */
};

struct accepting {
  struct listener *listener;
  uint64_t resume_ms; /* 0: listening; else paused until then for want of descriptors */
};

struct worker {
  struct engine *engine;
  uint32_t index;
  pthread_t thread;
  struct mailbox mailbox;
  bool is_wake_due; /* the JavaScript thread's: a batch ends with a wake */

  int epoll_fd;
  int reserve_fd; /* given up for a moment to refuse a connection when descriptors run out */
  uint64_t now_ms;
  bool is_stopping;
  struct accepting accepting[WORKER_MAX_LISTENERS];
  uint32_t accepting_count;

  _Atomic(struct connection *) chunks[SLOT_CHUNKS];
  uint32_t slots_used; /* slots ever handed out */
  struct connection *free_slots;
  struct connection *ready;

  struct connection *wheel[WHEEL_SLOTS];
  uint64_t wheel_busy; /* one bit per slot */
  uint64_t wheel_tick;

  struct turn *turns[WHEEL_SLOTS]; /* throttle.c: limited flows that wait, a slot a millisecond */
  uint64_t turns_busy;             /* one bit per slot */
  uint64_t turns_ms;

  struct pool pool;
  struct wire events;
  uint64_t events_due_ms; /* when they must leave; WORKER_NOTHING_DUE: none wait */
  struct sample_job *jobs;

  _Atomic uint64_t upload_bytes, download_bytes; /* read by the JavaScript thread */
};

/* engine.c, for the threads */
const struct engine_options *engine_get_options(const struct engine *engine);
bool engine_admit(struct engine *engine); /* false: too many; counts the accept either way */
void engine_release(struct engine *engine, bool was_relaying);
void engine_count_relaying(struct engine *engine);
void engine_count_refused(struct engine *engine);
void engine_post_events(struct engine *engine, struct wire *events);
void engine_worker_stopped(struct engine *engine, struct worker *worker);
uint32_t engine_get_thread_count(const struct engine *engine);

/* worker.c */
int worker_open(struct worker *worker, struct engine *engine, uint32_t index);
int worker_start(struct worker *worker);
void worker_close(struct worker *worker);
void worker_queue(struct worker *worker, struct connection *connection);
/* What was just put among the events leaves with this turn, or within some milliseconds where nobody waits for it. */
void worker_hurry_events(struct worker *worker);
void worker_delay_events(struct worker *worker);
/* Send all that wait, due or not. */
void worker_send_events(struct worker *worker);

/* accept.c */
void accept_add(struct worker *worker, struct listener *listener);
void accept_drop(struct worker *worker, struct listener *listener);
void accept_run(struct worker *worker, int listener_id);
/* Take paused listeners up again; returns the milliseconds until the next, -1 where none is paused. */
int accept_resume(struct worker *worker);

/* timer.c */
void timer_arm(struct worker *worker, struct connection *connection);
void timer_cancel(struct worker *worker, struct connection *connection);
void timer_run(struct worker *worker);
/* Milliseconds until the wheel must run next; -1: it is empty. */
int timer_wait_ms(const struct worker *worker);

#endif
