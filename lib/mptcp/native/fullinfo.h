/* One socket's transport counters, MPTCP or plain TCP, in one shape. */
#ifndef TWINPATH_FULLINFO_H
#define TWINPATH_FULLINFO_H

#include "wire.h"

/*
 * Append the transport sample of `fd`: kind, token, connection-level byte counts, subflows.
 * MPTCP is read with MPTCP_FULL_INFO (Linux 6.6); where that is missing only the kind is given. Plain TCP is one
 * subflow from TCP_INFO. A descriptor below 0 gives "no transport". Bytes are payload, round-trip times microseconds.
 */
void fullinfo_put(struct wire *wire, int fd);

/* 0 where MPTCP_FULL_INFO is known to the kernel, else -errno; `fd` is any MPTCP socket. */
int fullinfo_probe(int fd);

#endif
