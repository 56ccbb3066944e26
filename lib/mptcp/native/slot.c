/* The table of a thread's connections: chunks that never move and are freed with the thread. */
#include <stdlib.h>
#include <string.h>

#include "connection.h"

uint64_t connection_id(const struct worker *worker, const struct connection *connection) {
  uint64_t generation = atomic_load_explicit(&connection->generation, memory_order_relaxed);
  return ((uint64_t)worker->index << (GENERATION_BITS + SLOT_BITS)) | (generation << SLOT_BITS) | connection->slot;
}

struct connection *slot_at(struct worker *worker, uint32_t slot) {
  struct connection *chunk = atomic_load_explicit(&worker->chunks[slot / SLOT_CHUNK], memory_order_acquire);
  return chunk ? &chunk[slot % SLOT_CHUNK] : NULL;
}

bool slot_is_current(struct worker *worker, uint64_t id) {
  const struct connection *connection = slot_at(worker, (uint32_t)(id & ((1u << SLOT_BITS) - 1)));
  if (!connection) return false;
  return atomic_load_explicit(&connection->generation, memory_order_acquire) ==
         ((id >> SLOT_BITS) & GENERATION_MAX);
}

struct connection *connection_find(struct worker *worker, uint64_t id) {
  if (!slot_is_current(worker, id)) return NULL;
  struct connection *connection = slot_at(worker, (uint32_t)(id & ((1u << SLOT_BITS) - 1)));
  return connection->is_open ? connection : NULL;
}

/* Put the next chunk's slots on the free list. */
static bool add_chunk(struct worker *worker) {
  uint32_t index = worker->slots_used / SLOT_CHUNK;
  if (index >= SLOT_CHUNKS) return false;
  struct connection *chunk = calloc(SLOT_CHUNK, sizeof *chunk);
  if (!chunk) return false;
  for (uint32_t i = SLOT_CHUNK; i-- > 0;) {
    chunk[i].slot = worker->slots_used + i;
    atomic_store_explicit(&chunk[i].generation, 1, memory_order_relaxed);
    chunk[i].next_free = worker->free_slots;
    worker->free_slots = &chunk[i];
  }
  atomic_store_explicit(&worker->chunks[index], chunk, memory_order_release);
  worker->slots_used += SLOT_CHUNK;
  return true;
}

struct connection *slot_take(struct worker *worker) {
  if (!worker->free_slots && !add_chunk(worker)) return NULL;
  struct connection *connection = worker->free_slots;
  worker->free_slots = connection->next_free;
  size_t kept = offsetof(struct connection, next_free);
  memset((uint8_t *)connection + kept, 0, sizeof *connection - kept);
  for (int side = 0; side < SIDES; side++) {
    connection->end[side].fd = -1;
    connection->flow[side].pipe = (struct pipe_pair){-1, -1};
  }
  return connection;
}

void slot_return(struct worker *worker, struct connection *connection) {
  connection->is_open = false;
  uint32_t generation = atomic_load_explicit(&connection->generation, memory_order_relaxed) + 1;
  if (generation > GENERATION_MAX) {
    /* Worn out: an id is never given twice, so this slot rests. */
    atomic_store_explicit(&connection->generation, 0, memory_order_release);
    return;
  }
  atomic_store_explicit(&connection->generation, generation, memory_order_release);
  connection->next_free = worker->free_slots;
  worker->free_slots = connection;
}

void slot_free_all(struct worker *worker) {
  for (uint32_t i = 0; i < SLOT_CHUNKS; i++) {
    struct connection *chunk = atomic_load(&worker->chunks[i]);
    if (!chunk) break;
    free(chunk);
  }
}
