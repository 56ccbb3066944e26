#include "pacer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct pacer {
  struct bpf_object *object;
  struct bpf_link *link;
  struct bpf_object *starter;    /* NULL: this kernel does not take it */
  struct bpf_link *starter_link; /* NULL: another process registered it */
  int rates; /* the map's descriptor, owned by the object */
  uint32_t count; /* of what is staged for the next pass */
  struct pacing_key keys[PACING_MAX_SUBFLOWS];
  struct pacing_value values[PACING_MAX_SUBFLOWS];
};

void pacer_close(struct pacer *pacer) {
  bpf_link__destroy(pacer->starter_link);
  bpf_object__close(pacer->starter);
  bpf_link__destroy(pacer->link);
  bpf_object__close(pacer->object);
  free(pacer);
}

static int load(struct pacer *pacer, const char *object_file) {
  pacer->object = bpf_object__open_file(object_file, NULL);
  if (!pacer->object) return -errno;
  int error = bpf_object__load(pacer->object);
  if (error) return error;
  pacer->rates = bpf_object__find_map_fd_by_name(pacer->object, "rates");
  if (pacer->rates < 0) return pacer->rates;
  const struct bpf_program *program = bpf_object__find_program_by_name(pacer->object, "set_rates");
  if (!program) return -ENOENT;
  pacer->link = bpf_program__attach_iter(program, NULL);
  return pacer->link ? 0 : -errno;
}

/* The process that registered it may have ended since: then it is this one's turn. */
static void register_starter(struct pacer *pacer) {
  if (!pacer->starter || pacer->starter_link) return;
  struct bpf_map *starter = bpf_object__find_map_by_name(pacer->starter, "starter");
  if (starter) pacer->starter_link = bpf_map__attach_struct_ops(starter);
}

static void load_starter(struct pacer *pacer, const char *object_file) {
  pacer->starter = bpf_object__open_file(object_file, NULL);
  if (!pacer->starter || !bpf_object__load(pacer->starter)) return;
  bpf_object__close(pacer->starter);
  pacer->starter = NULL;
}

int pacer_open(const char *object_file, const char *starter_file, struct pacer **pacer) {
  *pacer = calloc(1, sizeof **pacer);
  if (!*pacer) return -ENOMEM;
  /* Failures are told by their errno; libbpf would print the verifier's log besides. */
  libbpf_set_print(NULL);
  int error = load(*pacer, object_file);
  if (error) pacer_close(*pacer);
  else load_starter(*pacer, starter_file);
  return error;
}

static uint16_t put_address(unsigned int *to, const struct sockaddr_storage *address) {
  if (address->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    memcpy(to, &v6->sin6_addr, sizeof v6->sin6_addr);
    return ntohs(v6->sin6_port);
  }
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
  to[2] = htonl(0xffff);
  to[3] = v4->sin_addr.s_addr;
  return ntohs(v4->sin_port);
}

int pacer_stage(struct pacer *pacer, const struct sockaddr_storage *local, const struct sockaddr_storage *remote,
                const struct pacing_value *value) {
  if (pacer->count == PACING_MAX_SUBFLOWS) {
    int error = pacer_apply(pacer);
    if (error) return error;
  }
  struct pacing_key key = {0};
  key.local_port = put_address(key.local, local);
  key.remote_port = put_address(key.remote, remote);
  if (value->start_bytes) register_starter(pacer);
  pacer->keys[pacer->count] = key;
  pacer->values[pacer->count++] = *value;
  return 0;
}

/* The batch call stops at a key that was staged twice. */
static void empty_map(const struct pacer *pacer, uint32_t count) {
  uint32_t deleted = count;
  if (!bpf_map_delete_batch(pacer->rates, pacer->keys, &deleted, NULL)) return;
  for (uint32_t i = 0; i < count; i++) bpf_map_delete_elem(pacer->rates, &pacer->keys[i]);
}

static int run_pass(const struct pacer *pacer) {
  int fd = bpf_iter_create(bpf_link__fd(pacer->link));
  if (fd < 0) return fd;
  char nothing[16];
  ssize_t got;
  /* EAGAIN: the kernel pauses after a million sockets. */
  do got = read(fd, nothing, sizeof nothing);
  while (got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN)));
  int error = got < 0 ? -errno : 0;
  close(fd);
  return error;
}

int pacer_apply(struct pacer *pacer) {
  uint32_t count = pacer->count, put = count;
  if (count == 0) return 0;
  pacer->count = 0;
  int error = bpf_map_update_batch(pacer->rates, pacer->keys, pacer->values, &put, NULL);
  if (!error) error = run_pass(pacer);
  empty_map(pacer, count);
  return error;
}
