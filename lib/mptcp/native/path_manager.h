/* Endpoints, limits and events of the kernel's MPTCP path manager. Results are >= 0 or -errno. */
#ifndef TWINPATH_PATH_MANAGER_H
#define TWINPATH_PATH_MANAGER_H

#include <sys/socket.h>

#include "netlink.h"
#include "wire.h"

struct path_endpoint {
  uint32_t id; /* 0: the kernel chooses */
  struct sockaddr_storage address;
  uint32_t interface_index; /* 0: none */
  uint32_t flags;           /* PM_FLAG_* */
};

/* Append every endpoint: u32 id, address, u32 flags, u8 length and text of the interface name. */
int path_manager_endpoints(struct netlink *netlink, struct wire *wire);
/* Returns the id the endpoint has. */
int path_manager_add(struct netlink *netlink, const struct path_endpoint *endpoint);
int path_manager_remove(struct netlink *netlink, uint32_t id);
int path_manager_set_backup(struct netlink *netlink, uint32_t id, bool is_backup);
int path_manager_get_limits(struct netlink *netlink, uint32_t *subflows, uint32_t *accepted_addresses);
int path_manager_set_limits(struct netlink *netlink, uint32_t subflows, uint32_t accepted_addresses);

/*
 * Append the events of one datagram: u8 command, u32 token, local and remote address, then for each of local id,
 * remote id, backup, error, interface, reset reason, server side: u8 present, u32 value. -EAGAIN: none waits.
 */
int path_manager_read_events(struct netlink *netlink, struct wire *wire);

#endif
