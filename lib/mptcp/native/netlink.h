/* Generic netlink for one family, "mptcp_pm": requests, answers, and its events group. Results are >= 0 or -errno. */
#ifndef TWINPATH_NETLINK_H
#define TWINPATH_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More than any answer of this family; the kernel's default for dumps is 8 KiB. */
#define NETLINK_BUFFER_BYTES 32768
#define NETLINK_ERROR_BYTES 128

struct netlink {
  int fd;
  uint16_t family;
  uint32_t events_group; /* 0: the kernel has none */
  uint32_t sequence;
  /* What the kernel said beside the errno of the last refusal; "" where it said nothing. */
  char error_text[NETLINK_ERROR_BYTES];
};

/* A request under construction; attributes that do not fit make netlink_request answer -EMSGSIZE. */
struct netlink_message {
  uint8_t bytes[1024];
  size_t length;
  bool is_full;
};

struct netlink_attribute {
  uint16_t type; /* without the nested flag */
  const uint8_t *bytes;
  size_t length;
};

/* Open a socket in the current network namespace and look the family up. */
int netlink_open(struct netlink *netlink);
void netlink_close(struct netlink *netlink);
/* Join the events group on this socket and make it non-blocking. */
int netlink_join_events(struct netlink *netlink);
/* From now on only events of these commands (a bit each, by their number) reach this socket: the kernel drops others. */
int netlink_filter_events(struct netlink *netlink, uint32_t commands);

void netlink_begin(struct netlink_message *message, uint8_t command);
void netlink_put(struct netlink_message *message, uint16_t type, const void *bytes, size_t length);
size_t netlink_nest(struct netlink_message *message, uint16_t type);
void netlink_end_nest(struct netlink_message *message, size_t start);

/*
 * Send a request and read until its acknowledgement. `on_answer` (may be NULL) is called with the attributes of each
 * answer. `is_dump` asks for all objects.
 */
int netlink_request(struct netlink *netlink, struct netlink_message *message, bool is_dump,
                    void (*on_answer)(void *context, const uint8_t *attributes, size_t length), void *context);

/* Read one datagram of events; `on_event` is called for each message. -EAGAIN where none waits. */
int netlink_read_events(struct netlink *netlink,
                        void (*on_event)(void *context, uint8_t command, const uint8_t *attributes, size_t length),
                        void *context);

/* Walk attributes: false at the end or at anything malformed. */
bool netlink_next(const uint8_t **at, size_t *left, struct netlink_attribute *attribute);
/* Host-order unsigned value of 1, 2, 4 or 8 bytes; 0 for other lengths. */
uint64_t netlink_get_number(const struct netlink_attribute *attribute);

#endif
