/* One socket's transport counters, MPTCP or plain TCP, in one shape. */
#ifndef TWINPATH_FULLINFO_H
#define TWINPATH_FULLINFO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "socket.h"
#include "wire.h"

/* The kernel allows at most 8 subflows at once. */
#define TRANSPORT_MAX_SUBFLOWS 8

struct subflow {
  uint32_t id;
  struct sockaddr_storage local, remote;
  uint8_t tcp_state;
  uint64_t bytes_sent, bytes_retrans, bytes_acked, bytes_received; /* payload */
  uint64_t bytes_delivered; /* about: segments that arrived, selectively acknowledged and repeated ones included */
  uint32_t rtt_us, rttvar_us, retrans_segments, congestion_window, not_sent_bytes;
};

struct transport {
  enum transport_kind kind;
  uint32_t token;
  uint64_t bytes_sent, bytes_received, bytes_retrans; /* of the connection */
  uint32_t count;
  struct subflow subflows[TRANSPORT_MAX_SUBFLOWS];
};

/*
 * Read the counters of `fd` (`is_mptcp`: an MPTCP socket, fallen back or not); below 0 gives TRANSPORT_NONE. MPTCP is read with MPTCP_FULL_INFO (Linux 6.6); where
 * that is missing only the kind is given. Plain TCP is one subflow from TCP_INFO. `has_ended` says that the peer's
 * FIN was read, which the kernel counts as a byte and this does not.
 */
void fullinfo_get(int fd, bool is_mptcp, bool has_ended, struct transport *transport);

/* True where the kernel has torn the subflows of an MPTCP connection down: only the connection's totals are left. */
bool fullinfo_is_torn_down(const struct transport *transport);

/* True where no subflow (or the TCP connection itself) is left: what was not acknowledged never will be. */
bool fullinfo_is_closed(int fd, bool is_mptcp);

/* A copy no larger than needed; NULL where memory is short. Free with free(). */
struct transport *fullinfo_copy(const struct transport *transport);

/*
 * Put the subflows of an earlier reading into one that was torn down. With a single subflow its counters follow from
 * the connection's totals and are exact; with several they are those of the earlier reading.
 */
void fullinfo_restore(struct transport *transport, const struct transport *earlier);

/* Bytes that an MPTCP socket has not given to any subflow yet; 0 for plain TCP. */
uint32_t fullinfo_get_unsent(int fd);

void fullinfo_put(struct wire *wire, const struct transport *transport);
/* The part of it that steering reads, many times a second. */
void fullinfo_put_paths(struct wire *wire, const struct transport *transport);

/* 0 where MPTCP_FULL_INFO is known to the kernel, else -errno; `fd` is any MPTCP socket. */
int fullinfo_probe(int fd);

#endif
