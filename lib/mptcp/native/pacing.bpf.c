/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Sets the pacing rate, the limit on unsent bytes and the clamp of the congestion window of single subflows, and starts
 * their congestion control anew. Runs once for each TCP socket of the namespace when the iterator is read, with the socket
 * locked, and changes those that the map names. What is set stays with the socket, so that nothing needs to be attached,
 * pinned or kept between passes.
 *
 * Only the fields used here are declared; their places are those of the running kernel (CO-RE).
 * Source: net/ipv4/tcp_ipv4.c (bpf_iter_tcp), net/core/filter.c (sol_socket_sockopt, sol_tcp_sockopt), net/mptcp/protocol.h.
 */
#include "kernel_types.h"

enum { BPF_MAP_TYPE_HASH = 1 };

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "pacing.h"

#define AF_INET 2
#define AF_INET6 10
#define SOL_SOCKET 1
#define SO_MAX_PACING_RATE 47
#define IPPROTO_TCP 6
#define TCP_CONGESTION 13
#define TCP_CA_NAME_MAX 16
#define TCP_NOTSENT_LOWAT 25
#define TCP_BPF_SNDCWND_CLAMP 1002
#define UNCLAMPED 0x7fffffff

struct in6_addr {
  union {
    __be32 u6_addr32[4];
  } in6_u;
} kernel_type;

struct sock_common {
  __be32 skc_daddr, skc_rcv_saddr;
  __be16 skc_dport;
  __u16 skc_num;
  __u16 skc_family;
  struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
} kernel_type;

struct inet_connection_sock {
  void *icsk_ulp_data;
} kernel_type;

struct tcp_sock {
  struct inet_connection_sock inet_conn;
  _Bool is_mptcp;
  __u32 mss_cache;
} kernel_type;

struct mptcp_sock {
  __u32 token;
} kernel_type;

struct mptcp_subflow_context {
  struct mptcp_sock *conn;
} kernel_type;

struct bpf_iter__tcp {
  struct sock_common *sk_common;
} kernel_type;

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, PACING_MAX_SUBFLOWS);
  __type(key, struct pacing_key);
  __type(value, struct pacing_value);
} rates SEC(".maps");

static __always_inline void copy_v4(__be32 *to, __be32 address) {
  to[2] = bpf_htonl(0xffff);
  to[3] = address;
}

static __always_inline void copy_v6(__be32 *to, const struct in6_addr *address) {
  to[0] = address->in6_u.u6_addr32[0];
  to[1] = address->in6_u.u6_addr32[1];
  to[2] = address->in6_u.u6_addr32[2];
  to[3] = address->in6_u.u6_addr32[3];
}

/* The token of the MPTCP connection that this socket is a subflow of; 0: of none. */
static __always_inline __u32 token_of(struct sock_common *socket) {
  struct tcp_sock *tcp = bpf_skc_to_tcp_sock(socket);
  if (!tcp || !tcp->is_mptcp) return 0;
  struct mptcp_subflow_context *subflow = tcp->inet_conn.icsk_ulp_data;
  return BPF_CORE_READ(subflow, conn, token);
}

/* Segments that hold so many bytes; 0 bytes: no clamp. */
static __always_inline __u32 clamp_of(struct sock_common *socket, __u32 bytes) {
  struct tcp_sock *tcp = bpf_skc_to_tcp_sock(socket);
  if (!tcp || !bytes || !tcp->mss_cache) return UNCLAMPED;
  __u32 segments = bytes / tcp->mss_cache;
  return segments < LEAST_WINDOW_SEGMENTS ? LEAST_WINDOW_SEGMENTS : segments;
}

/* True once the starter (starter.bpf.c) has given it this window, which bounds the slow-start threshold for an instant. */
static __always_inline int start_with(struct sock_common *socket, __u32 bytes) {
  char starter[] = PACING_STARTER;
  __u32 window = clamp_of(socket, bytes), unclamped = UNCLAMPED;
  if (!bytes || bpf_setsockopt(socket, IPPROTO_TCP, TCP_BPF_SNDCWND_CLAMP, &window, sizeof window)) return 0;
  long error = bpf_setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, starter, sizeof starter);
  bpf_setsockopt(socket, IPPROTO_TCP, TCP_BPF_SNDCWND_CLAMP, &unclamped, sizeof unclamped);
  return !error;
}

/*
 * Congestion control that takes the pace for what the path can do (bbr) would take seconds to find out that it can do more:
 * it is exchanged for another one and back, which makes it begin anew.
 */
static __always_inline void restart_congestion_control(struct sock_common *socket, __u32 start_bytes) {
  char name[TCP_CA_NAME_MAX] = {}, other[] = "reno";
  if (bpf_getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, sizeof name)) return;
  if (!start_with(socket, start_bytes) && bpf_setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, other, sizeof other)) return;
  bpf_setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name, sizeof name);
}

SEC("iter/tcp")
int set_rates(struct bpf_iter__tcp *context) {
  struct sock_common *socket = context->sk_common;
  if (!socket) return 0;
  struct pacing_key key = {.local_port = socket->skc_num, .remote_port = bpf_ntohs(socket->skc_dport)};
  if (socket->skc_family == AF_INET) {
    copy_v4(key.local, socket->skc_rcv_saddr);
    copy_v4(key.remote, socket->skc_daddr);
  } else if (socket->skc_family == AF_INET6) {
    copy_v6(key.local, &socket->skc_v6_rcv_saddr);
    copy_v6(key.remote, &socket->skc_v6_daddr);
  } else {
    return 0;
  }
  struct pacing_value *value = bpf_map_lookup_elem(&rates, &key);
  if (!value || (value->token && value->token != token_of(socket))) return 0;
  __u32 rate = value->bytes_per_second;
  bpf_setsockopt(socket, SOL_SOCKET, SO_MAX_PACING_RATE, &rate, sizeof rate);
  if (value->is_restart) restart_congestion_control(socket, value->start_bytes);
  if (value->has_unsent) {
    __u32 unsent = value->unsent_bytes;
    bpf_setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  }
  if (value->has_in_flight) {
    __u32 clamp = clamp_of(socket, value->in_flight_bytes);
    bpf_setsockopt(socket, IPPROTO_TCP, TCP_BPF_SNDCWND_CLAMP, &clamp, sizeof clamp);
  }
  return 0;
}

/* The kernel lets only programs under such a licence see its structures; this file and starter.bpf.c alone are under it. */
char program_license[] SEC("license") = "Dual MIT/GPL";
