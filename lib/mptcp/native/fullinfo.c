#include "fullinfo.h"

#include <errno.h>
#include <string.h>

#include "socket.h"
#include "uapi.h"

/* The kernel allows at most 8 extra subflows at once; closed initial ones stay listed. */
#define MAX_SUBFLOWS 16

struct full_info {
  struct uapi_full_info head;
  struct uapi_subflow_info subflows[MAX_SUBFLOWS];
  struct tcp_info tcp[MAX_SUBFLOWS];
};

static int full_info_get(int fd, struct full_info *info) {
  memset(&info->head, 0, sizeof info->head);
  memset(info->tcp, 0, sizeof info->tcp);
  memset(info->subflows, 0, sizeof info->subflows);
  info->head.size_tcpinfo_user = sizeof info->tcp[0];
  info->head.size_sfinfo_user = sizeof info->subflows[0];
  info->head.size_arrays_user = MAX_SUBFLOWS;
  info->head.subflow_info = (uint64_t)(uintptr_t)info->subflows;
  info->head.tcp_info = (uint64_t)(uintptr_t)info->tcp;
  socklen_t size = sizeof info->head;
  return getsockopt(fd, SOL_MPTCP, UAPI_MPTCP_FULL_INFO, &info->head, &size) ? -errno : 0;
}

int fullinfo_probe(int fd) {
  struct full_info info;
  int error = full_info_get(fd, &info);
  return error == -EOPNOTSUPP || error == -ENOPROTOOPT ? error : 0;
}

static void put_head(struct wire *wire, enum transport_kind kind, uint32_t token, uint64_t sent, uint64_t received,
                     uint64_t retransmitted, size_t subflows) {
  wire_put_u8(wire, (uint8_t)kind);
  wire_put_u32(wire, token);
  wire_put_number(wire, (double)sent);
  wire_put_number(wire, (double)received);
  wire_put_number(wire, (double)retransmitted);
  wire_put_u8(wire, (uint8_t)subflows);
}

static void put_subflow(struct wire *wire, uint32_t id, const struct sockaddr_storage *local,
                        const struct sockaddr_storage *remote, const struct tcp_info *tcp) {
  wire_put_u32(wire, id);
  wire_put_address(wire, local);
  wire_put_address(wire, remote);
  wire_put_u8(wire, tcp->tcpi_state);
  wire_put_number(wire, (double)tcp->tcpi_bytes_sent);
  wire_put_number(wire, (double)tcp->tcpi_bytes_retrans);
  wire_put_number(wire, (double)tcp->tcpi_bytes_acked);
  wire_put_number(wire, (double)tcp->tcpi_bytes_received);
  wire_put_u32(wire, tcp->tcpi_rtt);
  wire_put_u32(wire, tcp->tcpi_rttvar);
  wire_put_u32(wire, tcp->tcpi_total_retrans);
  wire_put_u32(wire, tcp->tcpi_snd_cwnd);
  wire_put_u32(wire, tcp->tcpi_notsent_bytes);
}

static void put_plain(struct wire *wire, int fd, enum transport_kind kind) {
  struct tcp_info tcp;
  memset(&tcp, 0, sizeof tcp);
  socklen_t size = sizeof tcp;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &tcp, &size)) {
    put_head(wire, kind, 0, 0, 0, 0, 0);
    return;
  }
  struct sockaddr_storage local = {0}, remote = {0};
  socklen_t length = sizeof local;
  getsockname(fd, (struct sockaddr *)&local, &length);
  length = sizeof remote;
  getpeername(fd, (struct sockaddr *)&remote, &length);
  put_head(wire, kind, 0, tcp.tcpi_bytes_sent - tcp.tcpi_bytes_retrans, tcp.tcpi_bytes_received, 0, 1);
  put_subflow(wire, 0, &local, &remote, &tcp);
}

void fullinfo_put(struct wire *wire, int fd) {
  if (fd < 0) {
    wire_put_u8(wire, TRANSPORT_NONE);
    return;
  }
  enum transport_kind kind = socket_kind(fd);
  if (kind != TRANSPORT_MPTCP) {
    put_plain(wire, fd, kind);
    return;
  }
  struct full_info info;
  if (full_info_get(fd, &info)) {
    put_head(wire, kind, 0, 0, 0, 0, 0);
    return;
  }
  const struct uapi_mptcp_info *mptcp = &info.head.mptcp_info;
  size_t count = info.head.num_subflows < MAX_SUBFLOWS ? info.head.num_subflows : MAX_SUBFLOWS;
  put_head(wire, kind, mptcp->token, mptcp->bytes_sent, mptcp->bytes_received, mptcp->bytes_retrans, count);
  for (size_t i = 0; i < count; i++) {
    const struct uapi_subflow_info *subflow = &info.subflows[i];
    put_subflow(wire, subflow->id, &subflow->local, &subflow->remote, &info.tcp[i]);
  }
}
