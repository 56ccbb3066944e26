#include "netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PM_FAMILY_NAME "mptcp_pm"
#define PM_EVENTS_NAME "mptcp_pm_events"
#define PM_VERSION 1
/* The kernel answers at once; a lost answer must not hang the caller. */
#define ANSWER_TIMEOUT_S 2
/* Bursts of events while JavaScript is busy: about 20,000 of them. */
#define EVENTS_BUFFER_BYTES (4 << 20)

#define HEADER_BYTES (NLMSG_HDRLEN + GENL_HDRLEN)

void netlink_close(struct netlink *netlink) {
  if (netlink->fd >= 0) close(netlink->fd);
  netlink->fd = -1;
}

bool netlink_next(const uint8_t **at, size_t *left, struct netlink_attribute *attribute) {
  struct nlattr head;
  if (*left < sizeof head) return false;
  memcpy(&head, *at, sizeof head);
  if (head.nla_len < sizeof head || head.nla_len > *left) return false;
  attribute->type = head.nla_type & NLA_TYPE_MASK;
  attribute->bytes = *at + sizeof head;
  attribute->length = head.nla_len - sizeof head;
  size_t step = NLA_ALIGN(head.nla_len);
  if (step > *left) step = *left;
  *at += step;
  *left -= step;
  return true;
}

uint64_t netlink_get_number(const struct netlink_attribute *attribute) {
  uint64_t u64;
  uint32_t u32;
  uint16_t u16;
  switch (attribute->length) {
    case 1:
      return attribute->bytes[0];
    case 2:
      memcpy(&u16, attribute->bytes, sizeof u16);
      return u16;
    case 4:
      memcpy(&u32, attribute->bytes, sizeof u32);
      return u32;
    case 8:
      memcpy(&u64, attribute->bytes, sizeof u64);
      return u64;
    default:
      return 0;
  }
}

void netlink_begin(struct netlink_message *message, uint8_t command) {
  memset(message, 0, sizeof *message);
  struct genlmsghdr head = {.cmd = command, .version = PM_VERSION};
  memcpy(message->bytes + NLMSG_HDRLEN, &head, sizeof head);
  message->length = HEADER_BYTES;
}

void netlink_put(struct netlink_message *message, uint16_t type, const void *bytes, size_t length) {
  struct nlattr head = {.nla_len = (uint16_t)(NLA_HDRLEN + length), .nla_type = type};
  if (message->length + NLA_ALIGN(head.nla_len) > sizeof message->bytes) {
    message->is_full = true;
    return;
  }
  memcpy(message->bytes + message->length, &head, sizeof head);
  if (length) memcpy(message->bytes + message->length + NLA_HDRLEN, bytes, length);
  message->length += NLA_ALIGN(head.nla_len);
}

size_t netlink_nest(struct netlink_message *message, uint16_t type) {
  size_t start = message->length;
  netlink_put(message, type | NLA_F_NESTED, NULL, 0);
  return start;
}

void netlink_end_nest(struct netlink_message *message, size_t start) {
  uint16_t length = (uint16_t)(message->length - start);
  if (!message->is_full) memcpy(message->bytes + start + offsetof(struct nlattr, nla_len), &length, sizeof length);
}

/* The kernel's own words, in the extended acknowledgement behind the (possibly echoed) request. */
static void keep_error_text(struct netlink *netlink, const struct nlmsghdr *head, const uint8_t *payload,
                            size_t length) {
  netlink->error_text[0] = 0;
  if (!(head->nlmsg_flags & NLM_F_ACK_TLVS) || length < sizeof(struct nlmsgerr)) return;
  struct nlmsgerr error;
  memcpy(&error, payload, sizeof error);
  size_t skip = sizeof error;
  if (!(head->nlmsg_flags & NLM_F_CAPPED) && error.msg.nlmsg_len >= NLMSG_HDRLEN)
    skip += NLMSG_ALIGN(error.msg.nlmsg_len) - NLMSG_HDRLEN;
  if (skip > length) return;
  const uint8_t *at = payload + skip;
  size_t left = length - skip;
  struct netlink_attribute attribute;
  while (netlink_next(&at, &left, &attribute)) {
    if (attribute.type != NLMSGERR_ATTR_MSG) continue;
    size_t size = attribute.length < NETLINK_ERROR_BYTES ? attribute.length : NETLINK_ERROR_BYTES - 1;
    memcpy(netlink->error_text, attribute.bytes, size);
    netlink->error_text[size] = 0;
  }
}

static int send_request(struct netlink *netlink, struct netlink_message *message, uint16_t family, bool is_dump) {
  if (message->is_full) return -EMSGSIZE;
  struct nlmsghdr head = {
      .nlmsg_len = (uint32_t)message->length,
      .nlmsg_type = family,
      .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | (is_dump ? NLM_F_DUMP : 0)),
      .nlmsg_seq = ++netlink->sequence,
  };
  memcpy(message->bytes, &head, sizeof head);
  return send(netlink->fd, message->bytes, message->length, 0) < 0 ? -errno : 0;
}

static int request(struct netlink *netlink, struct netlink_message *message, uint16_t family, bool is_dump,
                   void (*on_answer)(void *, const uint8_t *, size_t), void *context) {
  _Alignas(struct nlmsghdr) uint8_t buffer[NETLINK_BUFFER_BYTES];
  netlink->error_text[0] = 0;
  int error = send_request(netlink, message, family, is_dump);
  if (error) return error;
  for (;;) {
    ssize_t got = recv(netlink->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno == EAGAIN ? -ETIMEDOUT : -errno;
    size_t left = (size_t)got;
    const uint8_t *at = buffer;
    while (left >= NLMSG_HDRLEN) {
      struct nlmsghdr head;
      memcpy(&head, at, sizeof head);
      if (head.nlmsg_len < NLMSG_HDRLEN || head.nlmsg_len > left) return -EBADMSG;
      const uint8_t *payload = at + NLMSG_HDRLEN;
      size_t length = head.nlmsg_len - NLMSG_HDRLEN;
      size_t step = NLMSG_ALIGN(head.nlmsg_len) < left ? NLMSG_ALIGN(head.nlmsg_len) : left;
      at += step;
      left -= step;
      /* Answers to a request that timed out may still arrive. */
      if (head.nlmsg_seq != netlink->sequence) continue;
      if (head.nlmsg_type == NLMSG_ERROR || head.nlmsg_type == NLMSG_DONE) {
        int code = 0;
        if (length >= sizeof code) memcpy(&code, payload, sizeof code);
        if (code && head.nlmsg_type == NLMSG_ERROR) keep_error_text(netlink, &head, payload, length);
        return code > 0 ? 0 : code;
      }
      if (head.nlmsg_type == family && length >= GENL_HDRLEN && on_answer)
        on_answer(context, payload + GENL_HDRLEN, length - GENL_HDRLEN);
    }
  }
}

int netlink_request(struct netlink *netlink, struct netlink_message *message, bool is_dump,
                    void (*on_answer)(void *context, const uint8_t *attributes, size_t length), void *context) {
  return request(netlink, message, netlink->family, is_dump, on_answer, context);
}

static void read_group(struct netlink *netlink, const uint8_t *at, size_t left) {
  struct netlink_attribute attribute;
  uint32_t id = 0;
  bool is_events = false;
  while (netlink_next(&at, &left, &attribute)) {
    if (attribute.type == CTRL_ATTR_MCAST_GRP_ID) id = (uint32_t)netlink_get_number(&attribute);
    if (attribute.type == CTRL_ATTR_MCAST_GRP_NAME)
      is_events = attribute.length == sizeof PM_EVENTS_NAME && !memcmp(attribute.bytes, PM_EVENTS_NAME, attribute.length);
  }
  if (is_events) netlink->events_group = id;
}

static void read_family(void *context, const uint8_t *at, size_t left) {
  struct netlink *netlink = context;
  struct netlink_attribute attribute;
  while (netlink_next(&at, &left, &attribute)) {
    if (attribute.type == CTRL_ATTR_FAMILY_ID) netlink->family = (uint16_t)netlink_get_number(&attribute);
    if (attribute.type != CTRL_ATTR_MCAST_GROUPS) continue;
    const uint8_t *groups = attribute.bytes;
    size_t groups_left = attribute.length;
    struct netlink_attribute group;
    while (netlink_next(&groups, &groups_left, &group)) read_group(netlink, group.bytes, group.length);
  }
}

int netlink_open(struct netlink *netlink) {
  memset(netlink, 0, sizeof *netlink);
  netlink->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  if (netlink->fd < 0) return -errno;
  int one = 1;
  setsockopt(netlink->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof one);
  struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};
  setsockopt(netlink->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  struct sockaddr_nl address = {.nl_family = AF_NETLINK};
  int error = bind(netlink->fd, (struct sockaddr *)&address, sizeof address) ? -errno : 0;
  if (!error) {
    struct netlink_message message;
    netlink_begin(&message, CTRL_CMD_GETFAMILY);
    netlink_put(&message, CTRL_ATTR_FAMILY_NAME, PM_FAMILY_NAME, sizeof PM_FAMILY_NAME);
    error = request(netlink, &message, GENL_ID_CTRL, false, read_family, netlink);
  }
  if (!error && !netlink->family) error = -ENOENT;
  if (error) netlink_close(netlink);
  return error;
}

int netlink_join_events(struct netlink *netlink) {
  if (!netlink->events_group) return -EOPNOTSUPP;
  int size = EVENTS_BUFFER_BYTES;
  if (setsockopt(netlink->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size))
    setsockopt(netlink->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  int group = (int)netlink->events_group;
  if (setsockopt(netlink->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group)) return -errno;
  return fcntl(netlink->fd, F_SETFL, O_NONBLOCK) ? -errno : 0;
}

int netlink_filter_events(struct netlink *netlink, uint32_t commands) {
  struct sock_filter program[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN + offsetof(struct genlmsghdr, cmd)),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 31, 4, 0),
      BPF_STMT(BPF_MISC | BPF_TAX, 0),
      BPF_STMT(BPF_LD | BPF_IMM, commands),
      BPF_STMT(BPF_ALU | BPF_RSH | BPF_X, 0),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
  };
  struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
  return setsockopt(netlink->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) ? -errno : 0;
}

int netlink_read_events(struct netlink *netlink,
                        void (*on_event)(void *context, uint8_t command, const uint8_t *attributes, size_t length),
                        void *context) {
  _Alignas(struct nlmsghdr) uint8_t buffer[NETLINK_BUFFER_BYTES];
  ssize_t got = recv(netlink->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (got < 0) return -errno;
  size_t left = (size_t)got;
  const uint8_t *at = buffer;
  while (left >= HEADER_BYTES) {
    struct nlmsghdr head;
    struct genlmsghdr generic;
    memcpy(&head, at, sizeof head);
    if (head.nlmsg_len < HEADER_BYTES || head.nlmsg_len > left) return -EBADMSG;
    memcpy(&generic, at + NLMSG_HDRLEN, sizeof generic);
    if (head.nlmsg_type == netlink->family)
      on_event(context, generic.cmd, at + HEADER_BYTES, head.nlmsg_len - HEADER_BYTES);
    size_t step = NLMSG_ALIGN(head.nlmsg_len) < left ? NLMSG_ALIGN(head.nlmsg_len) : left;
    at += step;
    left -= step;
  }
  return 0;
}
