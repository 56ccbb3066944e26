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

/* One subflow of the connection with this token, as this end sees it. */
struct path_subflow {
  uint32_t token;
  struct sockaddr_storage local, remote;
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
 * Only for connections that began under the userspace path manager, -EINVAL for others. Where the subflow is gone, the
 * first gives -EINVAL and the second -ESRCH; where the connection is, both give -EINVAL. Source:
 * net/mptcp/pm_userspace.c.
 */
int path_manager_set_subflow_backup(struct netlink *netlink, const struct path_subflow *subflow, bool is_backup);
int path_manager_destroy_subflow(struct netlink *netlink, const struct path_subflow *subflow);
/*
 * Join the connection from an address of ours, under an id of 1 to 255 (the first subflow's address has 0); the port is
 * the kernel's choice. Only the SYN is sent: an event tells whether the peer agreed. -EINVAL as above, and where the
 * connection knows the id with another address.
 */
int path_manager_create_subflow(struct netlink *netlink, uint32_t token, const struct path_endpoint *local,
                                const struct sockaddr_storage *remote);
/* Tell the peer that the address with this id is gone (RM_ADDR). -EINVAL as above, and where no subflow has it. */
int path_manager_withdraw(struct netlink *netlink, uint32_t token, uint32_t local_id);

/*
 * Append the events of one datagram: u8 command, u32 token, local and remote address, then for each of local id,
 * remote id, backup, error, interface, reset reason, server side: u8 present, u32 value. -EAGAIN: none waits.
 */
int path_manager_read_events(struct netlink *netlink, struct wire *wire);

#endif
