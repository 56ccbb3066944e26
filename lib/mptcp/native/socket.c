#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi.h"

int socket_parse_address(const char *text, uint16_t port, struct sockaddr_storage *address) {
  memset(address, 0, sizeof *address);
  struct sockaddr_in *v4 = (struct sockaddr_in *)address;
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    return 0;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return 0;
  }
  return -EINVAL;
}

static void format_v4(const uint8_t *bytes, char *text, size_t size) {
  snprintf(text, size, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

void socket_format_address(const struct sockaddr_storage *address, char *text, size_t size, uint16_t *port) {
  text[0] = 0;
  *port = 0;
  if (address->ss_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    format_v4((const uint8_t *)&v4->sin_addr, text, size);
    *port = ntohs(v4->sin_port);
  } else if (address->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    *port = ntohs(v6->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
      format_v4(v6->sin6_addr.s6_addr + 12, text, size);
    } else {
      inet_ntop(AF_INET6, &v6->sin6_addr, text, (socklen_t)size);
    }
  }
}

static socklen_t length_of(const struct sockaddr_storage *address) {
  return address->ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

void socket_keep_urgent(int fd) {
  int one = 1;
  setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &one, sizeof one);
}

static int open_stream(int family, bool is_mptcp) {
  int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, is_mptcp ? IPPROTO_MPTCP : IPPROTO_TCP);
  if (fd < 0) return -errno;
  int one = 1;
  /* Accepted sockets inherit both from their listener. */
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (!is_mptcp) socket_keep_urgent(fd);
  return fd;
}

static int close_with(int fd, int error) {
  close(fd);
  return -error;
}

int socket_listen(const struct sockaddr_storage *address, bool is_mptcp, int backlog, bool is_fast_open) {
  int fd = open_stream(address->ss_family, is_mptcp);
  if (fd < 0) return fd;
  int one = 1, zero = 0;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (address->ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
  /* As many may be open before their handshake ends as may wait for accept. */
  if (is_fast_open) setsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &backlog, sizeof backlog);
  if (bind(fd, (const struct sockaddr *)address, length_of(address)) || listen(fd, backlog)) return close_with(fd, errno);
  return fd;
}

/* False: no SYN was sent, and the socket is as it was. */
static bool connect_with(int fd, const struct sockaddr_storage *remote, struct first_flight *first) {
  ssize_t sent = sendto(fd, first->bytes, first->length, MSG_FASTOPEN | MSG_NOSIGNAL | MSG_DONTWAIT,
                        (const struct sockaddr *)remote, length_of(remote));
  if (sent > 0) first->sent = (size_t)sent;
  return sent >= 0 || errno == EINPROGRESS;
}

int socket_connect(const struct sockaddr_storage *remote, const struct sockaddr_storage *local, bool is_mptcp,
                   uint32_t mark, struct first_flight *first) {
  int fd = open_stream(remote->ss_family, is_mptcp);
  if (fd < 0) return fd;
  if (mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark)) return close_with(fd, errno);
  if (local) {
    int one = 1;
    /* The port is chosen at connect, per destination, so that a source address has 64k ports for each. */
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (const struct sockaddr *)local, length_of(local))) return close_with(fd, errno);
  }
  if (first && first->length && connect_with(fd, remote, first)) return fd;
  if (connect(fd, (const struct sockaddr *)remote, length_of(remote)) && errno != EINPROGRESS) return close_with(fd, errno);
  return fd;
}

int socket_original_destination(int fd, struct sockaddr_storage *address) {
  struct sockaddr_storage local = {0};
  socklen_t length = sizeof local;
  if (getsockname(fd, (struct sockaddr *)&local, &length)) return -errno;
  bool is_v6 = local.ss_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&((struct sockaddr_in6 *)&local)->sin6_addr);
  memset(address, 0, sizeof *address);
  length = is_v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  return getsockopt(fd, is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, UAPI_SO_ORIGINAL_DST, address, &length) ? -errno : 0;
}

static int get_int(int fd, int level, int name, int fallback) {
  int value = fallback;
  socklen_t size = sizeof value;
  return getsockopt(fd, level, name, &value, &size) ? fallback : value;
}

int socket_take_error(int fd) { return get_int(fd, SOL_SOCKET, SO_ERROR, 0); }

bool socket_is_mptcp_object(int fd) { return get_int(fd, SOL_SOCKET, SO_PROTOCOL, 0) == IPPROTO_MPTCP; }

enum transport_kind socket_kind(int fd, bool is_mptcp) {
  if (!is_mptcp) return TRANSPORT_TCP;
  return get_int(fd, IPPROTO_TCP, UAPI_TCP_IS_MPTCP, 1) ? TRANSPORT_MPTCP : TRANSPORT_TCP_FALLBACK;
}

int socket_unacknowledged(int fd) {
  int bytes = 0;
  return ioctl(fd, SIOCOUTQ, &bytes) ? 0 : bytes;
}

size_t socket_unread(int fd) {
  int bytes = 0;
  return ioctl(fd, SIOCINQ, &bytes) || bytes < 0 ? 0 : (size_t)bytes;
}

void socket_bound_send_buffer(int fd, uint32_t bytes) {
  int half = (int)(bytes / 2); /* the kernel takes twice what is asked for (socket(7)) */
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &half, sizeof half);
}

void socket_reset(int fd) {
  struct linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}
