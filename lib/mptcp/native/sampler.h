/* One sample command, shared by the threads that answer it. */
#ifndef TWINPATH_SAMPLER_H
#define TWINPATH_SAMPLER_H

#include "worker.h"

struct sample_part {
  struct wire records;
  uint32_t count;
};

enum sample_kind {
  SAMPLE_COUNTERS,
  SAMPLE_PATHS,       /* one side's paths, for steering */
  SAMPLE_MOVED_COUNTERS, /* counters of those that relayed bytes lately: what they sent may still be on its way */
  SAMPLE_MOVED_PATHS,    /* the same of those that relayed bytes since their paths were read last */
};

struct sample_request {
  uint32_t request;
  enum sample_kind kind;
  uint8_t sides;
  _Atomic uint32_t pending; /* threads that have not finished */
  uint64_t *connections;    /* NULL: all */
  uint32_t connection_count;
  uint32_t part_count;
  struct sample_part parts[]; /* one for each thread */
};

/* NULL: out of memory. `connections` is copied. */
struct sample_request *sampler_create(uint32_t request, enum sample_kind kind, uint8_t sides,
                                      const uint64_t *connections, uint32_t count, uint32_t threads);
void sampler_free(struct sample_request *request);
/* Take up a request; the thread answers it over the next turns. */
void sampler_add(struct worker *worker, struct sample_request *request);
/* Read some of what was asked for; true while there is more. */
bool sampler_run(struct worker *worker);
/* Count the thread out of whatever it still was to answer. */
void sampler_stop(struct worker *worker);

#endif
