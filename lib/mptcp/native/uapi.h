/*
 * The kernel's MPTCP interface as of Linux 6.18, spelled out here because distributions ship older headers.
 * Source: include/uapi/linux/mptcp.h, include/uapi/linux/mptcp_pm.h, include/uapi/linux/tcp.h.
 * What an older kernel lacks is found by trying (probe_support), never by comparing versions.
 */
#ifndef TWINPATH_UAPI_H
#define TWINPATH_UAPI_H

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
#ifndef SOL_MPTCP
#define SOL_MPTCP 284
#endif

/* getsockopt(IPPROTO_TCP): 1 while MPTCP is spoken, 0 on plain TCP and after a fallback. */
#define UAPI_TCP_IS_MPTCP 43

/* getsockopt(IPPROTO_IP and IPPROTO_IPV6): their headers do not go together with those of the C library. */
#define UAPI_SO_ORIGINAL_DST 80

/* tcpi_state, include/net/tcp_states.h: those in which the peer's FIN was received, and the last. */
enum {
  UAPI_TCP_TIME_WAIT = 6,
  UAPI_TCP_CLOSE = 7,
  UAPI_TCP_CLOSE_WAIT = 8,
  UAPI_TCP_LAST_ACK = 9,
  UAPI_TCP_CLOSING = 11,
};

/* getsockopt(SOL_MPTCP) */
#define UAPI_MPTCP_FULL_INFO 4

struct uapi_mptcp_info {
  uint8_t subflows, add_addr_signal, add_addr_accepted, subflows_max, add_addr_signal_max, add_addr_accepted_max;
  uint32_t flags, token;
  uint64_t write_seq, snd_una, rcv_nxt;
  uint8_t local_addr_used, local_addr_max, csum_enabled;
  uint32_t retransmits;
  uint64_t bytes_retrans, bytes_sent, bytes_received, bytes_acked;
  uint8_t subflows_total, endp_laminar_max, endp_fullmesh_max, reserved;
  uint32_t last_data_sent, last_data_recv, last_ack_recv;
};

struct uapi_subflow_info {
  uint32_t id;
  uint32_t padding;
  struct sockaddr_storage local, remote;
};

struct uapi_full_info {
  uint32_t size_tcpinfo_kernel, size_tcpinfo_user;
  uint32_t size_sfinfo_kernel, size_sfinfo_user;
  uint32_t num_subflows, size_arrays_user;
  uint64_t subflow_info, tcp_info; /* user addresses of the two arrays */
  struct uapi_mptcp_info mptcp_info;
};

/* Generic-netlink family "mptcp_pm": commands. */
enum {
  PM_CMD_ADD_ADDR = 1,
  PM_CMD_DEL_ADDR,
  PM_CMD_GET_ADDR,
  PM_CMD_FLUSH_ADDRS,
  PM_CMD_SET_LIMITS,
  PM_CMD_GET_LIMITS,
  PM_CMD_SET_FLAGS,
  PM_CMD_REMOVE = 9,
  PM_CMD_SUBFLOW_CREATE,
  PM_CMD_SUBFLOW_DESTROY,
};

/* Top-level attributes of commands. */
enum {
  PM_ATTR_ADDR = 1,
  PM_ATTR_RCV_ADD_ADDRS,
  PM_ATTR_SUBFLOWS,
  PM_ATTR_TOKEN,
  PM_ATTR_LOC_ID,
  PM_ATTR_ADDR_REMOTE,
};

/* Inside PM_ATTR_ADDR. */
enum {
  PM_ADDR_FAMILY = 1,
  PM_ADDR_ID,
  PM_ADDR_ADDR4,
  PM_ADDR_ADDR6,
  PM_ADDR_PORT,
  PM_ADDR_FLAGS,
  PM_ADDR_IF_IDX,
};

#define PM_FLAG_SIGNAL (1u << 0)
#define PM_FLAG_SUBFLOW (1u << 1)
#define PM_FLAG_BACKUP (1u << 2)
#define PM_FLAG_FULLMESH (1u << 3)

/* Attributes of events (enum mptcp_event_attr). */
enum {
  PM_EVENT_TOKEN = 1,
  PM_EVENT_FAMILY,
  PM_EVENT_LOC_ID,
  PM_EVENT_REM_ID,
  PM_EVENT_SADDR4,
  PM_EVENT_SADDR6,
  PM_EVENT_DADDR4,
  PM_EVENT_DADDR6,
  PM_EVENT_SPORT,
  PM_EVENT_DPORT,
  PM_EVENT_BACKUP,
  PM_EVENT_ERROR,
  PM_EVENT_FLAGS,
  PM_EVENT_TIMEOUT,
  PM_EVENT_IF_IDX,
  PM_EVENT_RESET_REASON,
  PM_EVENT_RESET_FLAGS,
  PM_EVENT_SERVER_SIDE,
};

#endif
