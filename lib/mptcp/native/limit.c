#include "limit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define SECOND_NS 1000000000ull

/* What an unused limit saves up, so that a thread that wakes late loses nothing of the rate. */
#define BURST_NS (50 * SECOND_NS / 1000)
/* All that wait have had their turn after about this long: short for an interactive connection among them, long enough
   that a read is worth its system calls. */
#define ROUND_NS (16 * SECOND_NS / 1000)
/* About a segment: a turn is not worth less, also where the rate is small. */
#define MIN_TURN_BYTES 1400
#define MAX_TURN_BYTES (256u << 10)
#define MIN_BURST_BYTES (4 * MIN_TURN_BYTES)

struct bucket {
  pthread_mutex_t lock;  /* guards all but reads of `rate` */
  _Atomic uint64_t rate; /* bytes a second; 0: no limit */
  uint64_t epoch;        /* of the rate; older tickets are void */
  uint64_t at_ns;        /* up to when bytes were earned */
  uint64_t earned;       /* bytes that were let pass, or given back */
  uint64_t reserved;     /* bytes given out in tickets; never falls, so that every ticket's start can be earned */
  uint64_t waiting_bytes;
  uint32_t waiting; /* tickets that are not due yet */
};

struct limit {
  _Atomic uint32_t references;
  struct bucket buckets[LIMIT_DIRECTIONS];
};

static uint64_t clock_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * SECOND_NS + (uint64_t)time.tv_nsec;
}

/* a * b / c, whatever a * b is; c is above 0. */
static uint64_t scale(uint64_t a, uint64_t b, uint64_t c) {
  unsigned __int128 result = (unsigned __int128)a * b / c;
  return result > UINT64_MAX ? UINT64_MAX : (uint64_t)result;
}

static uint64_t smaller(uint64_t a, uint64_t b) { return a < b ? a : b; }

static uint64_t burst_of(uint64_t rate) {
  uint64_t bytes = scale(rate, BURST_NS, SECOND_NS);
  return bytes < MIN_BURST_BYTES ? MIN_BURST_BYTES : bytes;
}

static uint64_t turn_of(uint64_t rate, uint32_t waiting) {
  uint64_t bytes = scale(rate, ROUND_NS, SECOND_NS) / (waiting + 1);
  return bytes < MIN_TURN_BYTES ? MIN_TURN_BYTES : smaller(bytes, MAX_TURN_BYTES);
}

struct limit *limit_create(void) {
  struct limit *limit = calloc(1, sizeof *limit);
  if (!limit) return NULL;
  atomic_store(&limit->references, 1);
  for (int i = 0; i < LIMIT_DIRECTIONS; i++) pthread_mutex_init(&limit->buckets[i].lock, NULL);
  return limit;
}

struct limit *limit_keep(struct limit *limit) {
  atomic_fetch_add_explicit(&limit->references, 1, memory_order_relaxed);
  return limit;
}

void limit_release(struct limit *limit) {
  if (atomic_fetch_sub_explicit(&limit->references, 1, memory_order_acq_rel) != 1) return;
  for (int i = 0; i < LIMIT_DIRECTIONS; i++) pthread_mutex_destroy(&limit->buckets[i].lock);
  free(limit);
}

static void earn(struct bucket *bucket, uint64_t rate) {
  uint64_t now = clock_ns();
  /* Another thread's clock may have been read later and taken the lock first. */
  if (now <= bucket->at_ns) return;
  uint64_t bytes = scale(rate, now - bucket->at_ns, SECOND_NS);
  bucket->at_ns += scale(bytes, SECOND_NS, rate);
  bucket->earned += bytes;
  uint64_t most = bucket->reserved + burst_of(rate);
  if (bucket->earned > most) {
    bucket->earned = most;
    bucket->at_ns = now;
  }
}

static bool set_bucket(struct bucket *bucket, uint64_t rate) {
  uint64_t before = atomic_load_explicit(&bucket->rate, memory_order_relaxed);
  if (before == rate) return false;
  pthread_mutex_lock(&bucket->lock);
  if (before) earn(bucket, before);
  uint64_t earned = before ? bucket->earned : 0, used = before ? bucket->reserved - bucket->waiting_bytes : 0;
  bucket->epoch++;
  bucket->waiting_bytes = 0;
  bucket->waiting = 0;
  bucket->at_ns = clock_ns();
  /* Saved and overdrawn bytes live on, as far as the new rate allows: changing the rate often gains nobody anything. */
  uint64_t burst = burst_of(rate);
  bucket->reserved = burst;
  bucket->earned = earned >= used ? burst + smaller(earned - used, burst) : burst - smaller(used - earned, burst);
  atomic_store_explicit(&bucket->rate, rate, memory_order_relaxed);
  pthread_mutex_unlock(&bucket->lock);
  return true;
}

bool limit_set(struct limit *limit, const uint64_t rates[LIMIT_DIRECTIONS]) {
  bool has_changed = false;
  for (int i = 0; i < LIMIT_DIRECTIONS; i++) has_changed |= set_bucket(&limit->buckets[i], rates[i]);
  return has_changed;
}

bool limit_is_off(const struct limit *limit, int direction) {
  return atomic_load_explicit(&limit->buckets[direction].rate, memory_order_relaxed) == 0;
}

static void stop_waiting(struct bucket *bucket, struct ticket *ticket) {
  if (!ticket->is_waiting) return;
  ticket->is_waiting = false;
  bucket->waiting_bytes -= ticket->bytes;
  bucket->waiting--;
}

uint64_t limit_ask(struct limit *limit, int direction, struct ticket *ticket, size_t most, size_t unread) {
  struct bucket *bucket = &limit->buckets[direction];
  uint64_t wait_ns = 0;
  pthread_mutex_lock(&bucket->lock);
  uint64_t rate = atomic_load_explicit(&bucket->rate, memory_order_relaxed);
  if (ticket->bytes == 0 || ticket->epoch != bucket->epoch) {
    if (rate) earn(bucket, rate);
    uint64_t turn = rate ? turn_of(rate, bucket->waiting) : MAX_TURN_BYTES;
    uint64_t bytes = unread ? smaller(smaller(unread, most), turn) : 1;
    *ticket = (struct ticket){.epoch = bucket->epoch, .start = bucket->reserved, .bytes = (uint32_t)bytes};
    bucket->reserved += bytes;
    ticket->is_waiting = rate && unread && bucket->earned < ticket->start;
    bucket->waiting_bytes += ticket->is_waiting ? bytes : 0;
    bucket->waiting += ticket->is_waiting;
  } else if (ticket->is_waiting) {
    earn(bucket, rate);
    if (bucket->earned >= ticket->start) stop_waiting(bucket, ticket);
  }
  if (ticket->is_waiting) wait_ns = scale(ticket->start - bucket->earned, SECOND_NS, rate) + 1;
  pthread_mutex_unlock(&bucket->lock);
  return wait_ns;
}

void limit_settle(struct limit *limit, int direction, struct ticket *ticket, size_t used) {
  if (ticket->bytes && (ticket->is_waiting || used < ticket->bytes)) {
    struct bucket *bucket = &limit->buckets[direction];
    pthread_mutex_lock(&bucket->lock);
    if (ticket->epoch == bucket->epoch) {
      stop_waiting(bucket, ticket);
      /* Earned, not taken off the end: tickets that were given out since begin behind this one. */
      bucket->earned += ticket->bytes - used;
    }
    pthread_mutex_unlock(&bucket->lock);
  }
  ticket->bytes = 0;
  ticket->is_waiting = false;
}
