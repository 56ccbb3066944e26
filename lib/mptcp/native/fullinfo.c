#include "fullinfo.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "uapi.h"

/* Closed initial subflows stay listed beside the live ones. */
#define MAX_LISTED 16

struct full_info {
  struct uapi_full_info head;
  struct uapi_subflow_info subflows[MAX_LISTED];
  struct tcp_info tcp[MAX_LISTED];
};

static int read_full_info(int fd, struct full_info *info) {
  memset(info, 0, sizeof *info);
  info->head.size_tcpinfo_user = sizeof info->tcp[0];
  info->head.size_sfinfo_user = sizeof info->subflows[0];
  info->head.size_arrays_user = MAX_LISTED;
  info->head.subflow_info = (uint64_t)(uintptr_t)info->subflows;
  info->head.tcp_info = (uint64_t)(uintptr_t)info->tcp;
  socklen_t size = sizeof info->head;
  return getsockopt(fd, SOL_MPTCP, UAPI_MPTCP_FULL_INFO, &info->head, &size) ? -errno : 0;
}

int fullinfo_probe(int fd) {
  struct full_info info;
  int error = read_full_info(fd, &info);
  return error == -EOPNOTSUPP || error == -ENOPROTOOPT ? error : 0;
}

/* The kernel advances its receive counter over the FIN too. */
static uint64_t count_received(const struct tcp_info *tcp, bool has_ended) {
  bool is_fin_counted = false;
  switch (tcp->tcpi_state) {
    case UAPI_TCP_CLOSE_WAIT:
    case UAPI_TCP_LAST_ACK:
    case UAPI_TCP_CLOSING:
    case UAPI_TCP_TIME_WAIT:
      is_fin_counted = true;
      break;
    case UAPI_TCP_CLOSE:
      is_fin_counted = has_ended;
      break;
    default:
      break;
  }
  return tcp->tcpi_bytes_received - (is_fin_counted && tcp->tcpi_bytes_received > 0);
}

static struct subflow *add_subflow(struct transport *transport, uint32_t id, const struct tcp_info *tcp,
                                   bool has_ended) {
  struct subflow *subflow = &transport->subflows[transport->count++];
  *subflow = (struct subflow){
      .id = id,
      .tcp_state = tcp->tcpi_state,
      .bytes_sent = tcp->tcpi_bytes_sent,
      .bytes_retrans = tcp->tcpi_bytes_retrans,
      .bytes_acked = tcp->tcpi_bytes_acked,
      .bytes_received = count_received(tcp, has_ended),
      .bytes_delivered = (uint64_t)tcp->tcpi_delivered * tcp->tcpi_snd_mss,
      .rtt_us = tcp->tcpi_rtt,
      .rttvar_us = tcp->tcpi_rttvar,
      .retrans_segments = tcp->tcpi_total_retrans,
      .congestion_window = tcp->tcpi_snd_cwnd,
      .not_sent_bytes = tcp->tcpi_notsent_bytes,
  };
  return subflow;
}

static void read_plain(int fd, bool has_ended, struct transport *transport) {
  struct tcp_info tcp;
  memset(&tcp, 0, sizeof tcp);
  socklen_t size = sizeof tcp;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &tcp, &size)) return;
  struct subflow *subflow = add_subflow(transport, 0, &tcp, has_ended);
  socklen_t length = sizeof subflow->local;
  getsockname(fd, (struct sockaddr *)&subflow->local, &length);
  length = sizeof subflow->remote;
  getpeername(fd, (struct sockaddr *)&subflow->remote, &length);
  transport->bytes_sent = subflow->bytes_sent - subflow->bytes_retrans;
  transport->bytes_received = subflow->bytes_received;
}

/* A subflow that the kernel has disconnected has no peer, and its counters are gone. */
static bool has_peer(const struct sockaddr_storage *remote) {
  uint16_t port;
  memcpy(&port, (const uint8_t *)remote + offsetof(struct sockaddr_in, sin_port), sizeof port);
  return port != 0;
}

/* False where it does not speak MPTCP (any more), or is gone. */
static bool read_mptcp(int fd, struct transport *transport) {
  struct full_info info;
  if (read_full_info(fd, &info)) return false;
  const struct uapi_mptcp_info *mptcp = &info.head.mptcp_info;
  transport->token = mptcp->token;
  transport->bytes_sent = mptcp->bytes_sent;
  transport->bytes_received = mptcp->bytes_received;
  transport->bytes_retrans = mptcp->bytes_retrans;
  size_t listed = info.head.num_subflows < MAX_LISTED ? info.head.num_subflows : MAX_LISTED;
  for (size_t i = 0; i < listed && transport->count < TRANSPORT_MAX_SUBFLOWS; i++) {
    const struct uapi_subflow_info *listed_subflow = &info.subflows[i];
    if (!has_peer(&listed_subflow->remote)) continue;
    struct subflow *subflow = add_subflow(transport, listed_subflow->id, &info.tcp[i], false);
    subflow->local = listed_subflow->local;
    subflow->remote = listed_subflow->remote;
  }
  return true;
}

void fullinfo_get(int fd, bool is_mptcp, bool has_ended, struct transport *transport) {
  memset(transport, 0, offsetof(struct transport, subflows));
  if (fd < 0) return;
  transport->kind = TRANSPORT_MPTCP;
  if (is_mptcp && read_mptcp(fd, transport)) return;
  transport->kind = socket_kind(fd, is_mptcp);
  if (transport->kind != TRANSPORT_MPTCP) read_plain(fd, has_ended, transport);
}

uint32_t fullinfo_get_unsent(int fd) {
  int bytes = 0;
  return fd >= 0 && !ioctl(fd, SIOCOUTQNSD, &bytes) && bytes > 0 ? (uint32_t)bytes : 0;
}

bool fullinfo_is_torn_down(const struct transport *transport) {
  return transport->kind == TRANSPORT_MPTCP && transport->count == 0;
}

bool fullinfo_is_closed(int fd, bool is_mptcp) {
  struct transport transport;
  fullinfo_get(fd, is_mptcp, false, &transport);
  for (uint32_t i = 0; i < transport.count; i++)
    if (transport.subflows[i].tcp_state != UAPI_TCP_CLOSE) return false;
  return true;
}

struct transport *fullinfo_copy(const struct transport *transport) {
  size_t size = offsetof(struct transport, subflows) + transport->count * sizeof transport->subflows[0];
  struct transport *copy = malloc(size);
  if (copy) memcpy(copy, transport, size);
  return copy;
}

static uint64_t larger(uint64_t a, uint64_t b) { return a > b ? a : b; }

void fullinfo_restore(struct transport *transport, const struct transport *earlier) {
  transport->token = earlier->token;
  transport->bytes_sent = larger(transport->bytes_sent, earlier->bytes_sent);
  transport->bytes_received = larger(transport->bytes_received, earlier->bytes_received);
  transport->bytes_retrans = larger(transport->bytes_retrans, earlier->bytes_retrans);
  transport->count = earlier->count;
  memcpy(transport->subflows, earlier->subflows, earlier->count * sizeof earlier->subflows[0]);
  if (transport->count != 1) return;
  struct subflow *only = &transport->subflows[0];
  only->bytes_sent =
      larger(only->bytes_sent, transport->bytes_sent + transport->bytes_retrans + only->bytes_retrans);
  only->bytes_received = larger(only->bytes_received, transport->bytes_received);
}

static void put_subflow(struct wire *wire, const struct subflow *subflow) {
  wire_put_u32(wire, subflow->id);
  wire_put_address(wire, &subflow->local);
  wire_put_address(wire, &subflow->remote);
  wire_put_u8(wire, subflow->tcp_state);
  wire_put_number(wire, (double)subflow->bytes_sent);
  wire_put_number(wire, (double)subflow->bytes_retrans);
  wire_put_number(wire, (double)subflow->bytes_acked);
  wire_put_number(wire, (double)subflow->bytes_received);
  wire_put_u32(wire, subflow->rtt_us);
  wire_put_u32(wire, subflow->rttvar_us);
  wire_put_u32(wire, subflow->retrans_segments);
  wire_put_u32(wire, subflow->congestion_window);
  wire_put_u32(wire, subflow->not_sent_bytes);
}

void fullinfo_put(struct wire *wire, const struct transport *transport) {
  wire_put_u8(wire, (uint8_t)transport->kind);
  if (transport->kind == TRANSPORT_NONE) return;
  wire_put_u32(wire, transport->token);
  wire_put_number(wire, (double)transport->bytes_sent);
  wire_put_number(wire, (double)transport->bytes_received);
  wire_put_number(wire, (double)transport->bytes_retrans);
  wire_put_u8(wire, (uint8_t)transport->count);
  for (uint32_t i = 0; i < transport->count; i++) put_subflow(wire, &transport->subflows[i]);
}

static void put_path(struct wire *wire, const struct subflow *subflow) {
  wire_put_u32(wire, subflow->id);
  wire_put_address(wire, &subflow->local);
  wire_put_address(wire, &subflow->remote);
  wire_put_u8(wire, subflow->tcp_state);
  wire_put_number(wire, (double)(subflow->bytes_sent - subflow->bytes_retrans));
  wire_put_number(wire, (double)subflow->bytes_acked);
  wire_put_number(wire, (double)subflow->bytes_delivered);
  wire_put_number(wire, (double)subflow->bytes_received);
  wire_put_u32(wire, subflow->rtt_us);
  wire_put_u32(wire, subflow->rttvar_us);
  wire_put_u32(wire, subflow->not_sent_bytes);
}

void fullinfo_put_paths(struct wire *wire, const struct transport *transport) {
  wire_put_u8(wire, (uint8_t)transport->kind);
  wire_put_u32(wire, transport->token);
  wire_put_u8(wire, (uint8_t)transport->count);
  for (uint32_t i = 0; i < transport->count; i++) put_path(wire, &transport->subflows[i]);
}
