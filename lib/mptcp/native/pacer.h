/* Paces TCP sockets of this namespace, whoever owns them, by a pass of pacing.bpf.c. */
#ifndef TWINPATH_PACER_H
#define TWINPATH_PACER_H

#include <sys/socket.h>

#include "pacing.h"

struct pacer;

/*
 * Load the compiled pacing.bpf.c, and starter.bpf.c where this kernel takes it. Results are >= 0 or -errno; -EPERM
 * without CAP_BPF and CAP_NET_ADMIN.
 */
int pacer_open(const char *object_file, const char *starter_file, struct pacer **pacer);
/* Note what one socket shall have (pacing.h) for the next pass; a later note for the same socket counts. */
int pacer_stage(struct pacer *pacer, const struct sockaddr_storage *local, const struct sockaddr_storage *remote,
                const struct pacing_value *value);
/* Give every noted socket its pace, in the namespace of the calling thread. Sockets that are gone are passed over. */
int pacer_apply(struct pacer *pacer);
void pacer_close(struct pacer *pacer);

#endif
