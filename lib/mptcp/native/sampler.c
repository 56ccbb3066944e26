/*
 * Reading transport counters costs about 3 µs a socket, so thousands of them are read in slices between turns of
 * the relay. Each thread reads its own connections (no descriptor can be reused meanwhile); the last one that
 * finishes puts the parts together.
 */
#include "sampler.h"

#include <stdlib.h>
#include <string.h>

#include "connection.h"

#define CONNECTIONS_PER_TURN 128
/* Looking at a connection that is not read costs a hundredth of that. */
#define LOOKS_PER_TURN 4096
/* A session that relayed nothing for so long has nothing new in its counters: sent data was acknowledged or is lost. */
#define QUIET_MS 15000

struct sample_job {
  struct sample_job *next;
  struct sample_request *request;
  uint32_t cursor;
};

struct sample_request *sampler_create(uint32_t request, enum sample_kind kind, uint8_t sides,
                                      const uint64_t *connections, uint32_t count, uint32_t threads) {
  struct sample_request *created = calloc(1, sizeof *created + threads * sizeof created->parts[0]);
  if (!created) return NULL;
  created->request = request;
  created->kind = kind;
  created->sides = sides;
  created->part_count = threads;
  atomic_store(&created->pending, threads);
  if (connections) {
    created->connections = malloc(count ? count * sizeof *connections : 1);
    if (!created->connections) {
      free(created);
      return NULL;
    }
    if (count) memcpy(created->connections, connections, count * sizeof *connections);
    created->connection_count = count;
  }
  return created;
}

void sampler_free(struct sample_request *request) {
  for (uint32_t i = 0; i < request->part_count; i++) wire_free(&request->parts[i].records);
  free(request->connections);
  free(request);
}

static bool is_counters(const struct sample_request *request) {
  return request->kind == SAMPLE_COUNTERS || request->kind == SAMPLE_MOVED_COUNTERS;
}

static void finish(struct worker *worker, struct sample_request *request) {
  /* A connection must be known to JavaScript before its first sample is. */
  worker_send_events(worker);
  if (atomic_fetch_sub(&request->pending, 1) != 1) return;
  uint32_t count = 0;
  for (uint32_t i = 0; i < request->part_count; i++) count += request->parts[i].count;
  enum wire_type type = is_counters(request) ? WIRE_SAMPLED : WIRE_PATHS;
  size_t start = wire_begin(&worker->events, type, 0, request->request);
  wire_put_u32(&worker->events, count);
  for (uint32_t i = 0; i < request->part_count; i++)
    wire_put_bytes(&worker->events, request->parts[i].records.bytes, request->parts[i].records.length);
  wire_end(&worker->events, start);
  worker_hurry_events(worker);
  sampler_free(request);
}

void sampler_add(struct worker *worker, struct sample_request *request) {
  struct sample_job *job = calloc(1, sizeof *job);
  if (!job) {
    finish(worker, request);
    return;
  }
  job->request = request;
  struct sample_job **tail = &worker->jobs;
  while (*tail) tail = &(*tail)->next;
  *tail = job;
}

/* True where the connection is asked for; its bytes are then those read last. */
static bool is_wanted(const struct sample_request *request, struct connection *connection, uint64_t now_ms) {
  if (!connection || !connection->is_open || !connection->is_announced) return false;
  if (request->kind == SAMPLE_COUNTERS) return true;
  if (request->kind == SAMPLE_MOVED_COUNTERS) return now_ms - connection->active_ms < QUIET_MS;
  uint64_t bytes = connection->flow[SIDE_CLIENT].bytes + connection->flow[SIDE_UPSTREAM].bytes;
  if (request->kind == SAMPLE_MOVED_PATHS && bytes == connection->paths_bytes) return false;
  connection->paths_bytes = bytes;
  return true;
}

static void put(struct worker *worker, struct sample_request *request, const struct connection *connection) {
  struct sample_part *part = &request->parts[worker->index];
  size_t start = part->records.length;
  if (is_counters(request)) {
    event_put_sample(&part->records, worker, connection, request->sides);
  } else {
    event_put_paths(&part->records, worker, connection, request->sides & 1 ? SIDE_CLIENT : SIDE_UPSTREAM);
  }
  if (part->records.is_broken) {
    part->records.is_broken = false;
    part->records.length = start;
  } else {
    part->count++;
  }
}

bool sampler_run(struct worker *worker) {
  struct sample_job *job = worker->jobs;
  if (!job) return false;
  struct sample_request *request = job->request;
  uint32_t end = request->connections ? request->connection_count : worker->slots_used;
  uint32_t last = end - job->cursor > LOOKS_PER_TURN ? job->cursor + LOOKS_PER_TURN : end;
  for (uint32_t read = 0; read < CONNECTIONS_PER_TURN && job->cursor < last; job->cursor++) {
    struct connection *connection;
    if (request->connections) {
      uint64_t id = request->connections[job->cursor];
      bool is_ours = id >> (GENERATION_BITS + SLOT_BITS) == worker->index;
      connection = is_ours ? connection_find(worker, id) : NULL;
    } else {
      connection = slot_at(worker, job->cursor);
    }
    if (!is_wanted(request, connection, worker->now_ms)) continue;
    put(worker, request, connection);
    read++;
  }
  if (job->cursor >= end) {
    worker->jobs = job->next;
    free(job);
    finish(worker, request);
  }
  return worker->jobs != NULL;
}

void sampler_stop(struct worker *worker) {
  while (worker->jobs) {
    struct sample_job *job = worker->jobs;
    worker->jobs = job->next;
    finish(worker, job->request);
    free(job);
  }
}
