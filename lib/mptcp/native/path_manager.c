#include "path_manager.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "uapi.h"

static const struct sockaddr_storage *as_v4(struct sockaddr_storage *address, const uint8_t *bytes, uint16_t port) {
  struct sockaddr_in *v4 = (struct sockaddr_in *)address;
  v4->sin_family = AF_INET;
  v4->sin_port = port;
  memcpy(&v4->sin_addr, bytes, sizeof v4->sin_addr);
  return address;
}

static const struct sockaddr_storage *as_v6(struct sockaddr_storage *address, const uint8_t *bytes, uint16_t port) {
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = port;
  memcpy(&v6->sin6_addr, bytes, sizeof v6->sin6_addr);
  return address;
}

/* Address bytes of either family into a sockaddr; other lengths leave it unspecified. `port` in network order. */
static void set_address(struct sockaddr_storage *address, const struct netlink_attribute *attribute, uint16_t port) {
  if (attribute->length == 4) as_v4(address, attribute->bytes, port);
  if (attribute->length == 16) as_v6(address, attribute->bytes, port);
}

/* The attributes inside a PM_ATTR_ADDR. */
static void parse_endpoint(struct path_endpoint *endpoint, const uint8_t *at, size_t left) {
  struct netlink_attribute attribute, address = {0};
  uint16_t port = 0;
  memset(endpoint, 0, sizeof *endpoint);
  while (netlink_next(&at, &left, &attribute)) {
    uint64_t number = netlink_get_number(&attribute);
    if (attribute.type == PM_ADDR_ID) endpoint->id = (uint32_t)number;
    if (attribute.type == PM_ADDR_FLAGS) endpoint->flags = (uint32_t)number;
    if (attribute.type == PM_ADDR_IF_IDX) endpoint->interface_index = (uint32_t)number;
    if (attribute.type == PM_ADDR_PORT) port = (uint16_t)number;
    if (attribute.type == PM_ADDR_ADDR4 || attribute.type == PM_ADDR_ADDR6) address = attribute;
  }
  set_address(&endpoint->address, &address, htons(port));
}

/* Call `on_endpoint` for every PM_ATTR_ADDR of an answer. */
static void walk_endpoints(const uint8_t *at, size_t left, void (*on_endpoint)(void *, const struct path_endpoint *),
                           void *context) {
  struct netlink_attribute attribute;
  while (netlink_next(&at, &left, &attribute)) {
    if (attribute.type != PM_ATTR_ADDR) continue;
    struct path_endpoint endpoint;
    parse_endpoint(&endpoint, attribute.bytes, attribute.length);
    on_endpoint(context, &endpoint);
  }
}

static void put_endpoint(void *context, const struct path_endpoint *endpoint) {
  struct wire *wire = context;
  char name[IF_NAMESIZE] = "";
  if (endpoint->interface_index && !if_indextoname(endpoint->interface_index, name)) name[0] = 0;
  wire_put_u32(wire, endpoint->id);
  wire_put_address(wire, &endpoint->address);
  wire_put_u32(wire, endpoint->flags);
  wire_put_u8(wire, (uint8_t)strlen(name));
  wire_put_bytes(wire, name, strlen(name));
}

static void put_answer(void *context, const uint8_t *attributes, size_t length) {
  walk_endpoints(attributes, length, put_endpoint, context);
}

int path_manager_endpoints(struct netlink *netlink, struct wire *wire) {
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_GET_ADDR);
  int error = netlink_request(netlink, &message, true, put_answer, wire);
  return error ? error : wire->is_broken ? -ENOMEM : 0;
}

/* The family and address bytes inside a PM_ATTR_ADDR or PM_ATTR_ADDR_REMOTE. */
static void put_address(struct netlink_message *message, const struct sockaddr_storage *address) {
  if (address->ss_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    netlink_put(message, PM_ADDR_FAMILY, &(uint16_t){AF_INET6}, 2);
    netlink_put(message, PM_ADDR_ADDR6, &v6->sin6_addr, sizeof v6->sin6_addr);
  } else {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    netlink_put(message, PM_ADDR_FAMILY, &(uint16_t){AF_INET}, 2);
    netlink_put(message, PM_ADDR_ADDR4, &v4->sin_addr, sizeof v4->sin_addr);
  }
}

static void put_request(struct netlink_message *message, const struct path_endpoint *endpoint) {
  size_t nest = netlink_nest(message, PM_ATTR_ADDR);
  put_address(message, &endpoint->address);
  if (endpoint->id) netlink_put(message, PM_ADDR_ID, &(uint8_t){(uint8_t)endpoint->id}, 1);
  netlink_put(message, PM_ADDR_FLAGS, &endpoint->flags, sizeof endpoint->flags);
  if (endpoint->interface_index)
    netlink_put(message, PM_ADDR_IF_IDX, &endpoint->interface_index, sizeof endpoint->interface_index);
  netlink_end_nest(message, nest);
}

static bool is_same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
  if (a->ss_family != b->ss_family) return false;
  if (a->ss_family == AF_INET)
    return ((const struct sockaddr_in *)a)->sin_addr.s_addr == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
  return IN6_ARE_ADDR_EQUAL(&((const struct sockaddr_in6 *)a)->sin6_addr, &((const struct sockaddr_in6 *)b)->sin6_addr);
}

struct search {
  const struct path_endpoint *wanted; /* by address where its id is 0, else by id */
  struct path_endpoint found;
  bool is_found;
};

static void compare(void *context, const struct path_endpoint *endpoint) {
  struct search *search = context;
  const struct path_endpoint *wanted = search->wanted;
  if (wanted->id ? endpoint->id != wanted->id : !is_same_address(&endpoint->address, &wanted->address)) return;
  search->found = *endpoint;
  search->is_found = true;
}

static void search_answer(void *context, const uint8_t *attributes, size_t length) {
  walk_endpoints(attributes, length, compare, context);
}

/* ENOENT where there is none. */
static int find(struct netlink *netlink, const struct path_endpoint *wanted, struct path_endpoint *found) {
  struct search search = {.wanted = wanted};
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_GET_ADDR);
  int error = netlink_request(netlink, &message, true, search_answer, &search);
  if (error) return error;
  *found = search.found;
  return search.is_found ? 0 : -ENOENT;
}

int path_manager_add(struct netlink *netlink, const struct path_endpoint *endpoint) {
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_ADD_ADDR);
  put_request(&message, endpoint);
  int error = netlink_request(netlink, &message, false, NULL, NULL);
  struct path_endpoint added;
  /* The kernel does not answer with the id it chose. */
  if (!error) error = find(netlink, endpoint, &added);
  return error ? error : (int)added.id;
}

int path_manager_remove(struct netlink *netlink, uint32_t id) {
  struct path_endpoint endpoint;
  int error = find(netlink, &(struct path_endpoint){.id = id}, &endpoint);
  if (error) return error;
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_DEL_ADDR);
  put_request(&message, &endpoint);
  return netlink_request(netlink, &message, false, NULL, NULL);
}

int path_manager_set_backup(struct netlink *netlink, uint32_t id, bool is_backup) {
  struct path_endpoint endpoint;
  int error = find(netlink, &(struct path_endpoint){.id = id}, &endpoint);
  if (error) return error;
  endpoint.flags = is_backup ? endpoint.flags | PM_FLAG_BACKUP : endpoint.flags & ~PM_FLAG_BACKUP;
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_SET_FLAGS);
  put_request(&message, &endpoint);
  return netlink_request(netlink, &message, false, NULL, NULL);
}

struct limits {
  uint32_t subflows, accepted_addresses;
};

static void read_limits(void *context, const uint8_t *at, size_t left) {
  struct limits *limits = context;
  struct netlink_attribute attribute;
  while (netlink_next(&at, &left, &attribute)) {
    if (attribute.type == PM_ATTR_SUBFLOWS) limits->subflows = (uint32_t)netlink_get_number(&attribute);
    if (attribute.type == PM_ATTR_RCV_ADD_ADDRS)
      limits->accepted_addresses = (uint32_t)netlink_get_number(&attribute);
  }
}

int path_manager_get_limits(struct netlink *netlink, uint32_t *subflows, uint32_t *accepted_addresses) {
  struct limits limits = {0};
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_GET_LIMITS);
  int error = netlink_request(netlink, &message, false, read_limits, &limits);
  *subflows = limits.subflows;
  *accepted_addresses = limits.accepted_addresses;
  return error;
}

int path_manager_set_limits(struct netlink *netlink, uint32_t subflows, uint32_t accepted_addresses) {
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_SET_LIMITS);
  netlink_put(&message, PM_ATTR_SUBFLOWS, &subflows, sizeof subflows);
  netlink_put(&message, PM_ATTR_RCV_ADD_ADDRS, &accepted_addresses, sizeof accepted_addresses);
  return netlink_request(netlink, &message, false, NULL, NULL);
}

/* One end of a subflow; the kernel wants ports of requests in host order. */
static void put_end(struct netlink_message *message, uint16_t type, const struct sockaddr_storage *address,
                    const uint32_t *flags) {
  /* sin_port and sin6_port are at the same place. */
  uint16_t port = ntohs(((const struct sockaddr_in *)address)->sin_port);
  size_t nest = netlink_nest(message, type);
  put_address(message, address);
  netlink_put(message, PM_ADDR_PORT, &port, sizeof port);
  if (flags) netlink_put(message, PM_ADDR_FLAGS, flags, sizeof *flags);
  netlink_end_nest(message, nest);
}

static int request_for_subflow(struct netlink *netlink, uint8_t command, const struct path_subflow *subflow,
                               const uint32_t *flags) {
  struct netlink_message message;
  netlink_begin(&message, command);
  netlink_put(&message, PM_ATTR_TOKEN, &subflow->token, sizeof subflow->token);
  put_end(&message, PM_ATTR_ADDR, &subflow->local, flags);
  put_end(&message, PM_ATTR_ADDR_REMOTE, &subflow->remote, NULL);
  return netlink_request(netlink, &message, false, NULL, NULL);
}

int path_manager_set_subflow_backup(struct netlink *netlink, const struct path_subflow *subflow, bool is_backup) {
  uint32_t flags = is_backup ? PM_FLAG_BACKUP : 0;
  return request_for_subflow(netlink, PM_CMD_SET_FLAGS, subflow, &flags);
}

static void map_v4(struct sockaddr_storage *mapped, const struct sockaddr_storage *address) {
  const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = v4->sin_port};
  v6.sin6_addr.s6_addr[10] = v6.sin6_addr.s6_addr[11] = 0xff;
  memcpy(v6.sin6_addr.s6_addr + 12, &v4->sin_addr, sizeof v4->sin_addr);
  memcpy(mapped, &v6, sizeof v6);
}

int path_manager_destroy_subflow(struct netlink *netlink, const struct path_subflow *subflow) {
  int error = request_for_subflow(netlink, PM_CMD_SUBFLOW_DESTROY, subflow, NULL);
  if (error != -ESRCH || subflow->local.ss_family != AF_INET || subflow->remote.ss_family != AF_INET) return error;
  /* For this call alone the kernel does not see that an IPv6 listener's IPv4 client has such addresses. */
  struct path_subflow mapped = {.token = subflow->token};
  map_v4(&mapped.local, &subflow->local);
  map_v4(&mapped.remote, &subflow->remote);
  return request_for_subflow(netlink, PM_CMD_SUBFLOW_DESTROY, &mapped, NULL);
}

int path_manager_create_subflow(struct netlink *netlink, uint32_t token, const struct path_endpoint *local,
                                const struct sockaddr_storage *remote) {
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_SUBFLOW_CREATE);
  netlink_put(&message, PM_ATTR_TOKEN, &token, sizeof token);
  put_request(&message, local);
  put_end(&message, PM_ATTR_ADDR_REMOTE, remote, NULL);
  return netlink_request(netlink, &message, false, NULL, NULL);
}

int path_manager_withdraw(struct netlink *netlink, uint32_t token, uint32_t local_id) {
  struct netlink_message message;
  netlink_begin(&message, PM_CMD_REMOVE);
  netlink_put(&message, PM_ATTR_TOKEN, &token, sizeof token);
  netlink_put(&message, PM_ATTR_LOC_ID, &(uint8_t){(uint8_t)local_id}, 1);
  return netlink_request(netlink, &message, false, NULL, NULL);
}

static void put_optional(struct wire *wire, const struct netlink_attribute *found, uint16_t type) {
  wire_put_u8(wire, found[type].bytes != NULL);
  wire_put_u32(wire, found[type].bytes ? (uint32_t)netlink_get_number(&found[type]) : 0);
}

static void put_event_address(struct wire *wire, const struct netlink_attribute *found, uint16_t v4, uint16_t v6,
                              uint16_t port_type) {
  struct sockaddr_storage address = {0};
  uint16_t port = 0;
  /* Ports of events are in network order, unlike those of endpoints. */
  if (found[port_type].length == sizeof port) memcpy(&port, found[port_type].bytes, sizeof port);
  if (found[v6].bytes) set_address(&address, &found[v6], port);
  if (found[v4].bytes) set_address(&address, &found[v4], port);
  wire_put_address(wire, &address);
}

static void put_event(void *context, uint8_t command, const uint8_t *at, size_t left) {
  struct wire *wire = context;
  struct netlink_attribute found[PM_EVENT_SERVER_SIDE + 1], attribute;
  memset(found, 0, sizeof found);
  while (netlink_next(&at, &left, &attribute))
    if (attribute.type <= PM_EVENT_SERVER_SIDE) found[attribute.type] = attribute;
  wire_put_u8(wire, command);
  wire_put_u32(wire, (uint32_t)netlink_get_number(&found[PM_EVENT_TOKEN]));
  put_event_address(wire, found, PM_EVENT_SADDR4, PM_EVENT_SADDR6, PM_EVENT_SPORT);
  put_event_address(wire, found, PM_EVENT_DADDR4, PM_EVENT_DADDR6, PM_EVENT_DPORT);
  put_optional(wire, found, PM_EVENT_LOC_ID);
  put_optional(wire, found, PM_EVENT_REM_ID);
  put_optional(wire, found, PM_EVENT_BACKUP);
  put_optional(wire, found, PM_EVENT_ERROR);
  put_optional(wire, found, PM_EVENT_IF_IDX);
  put_optional(wire, found, PM_EVENT_RESET_REASON);
  put_optional(wire, found, PM_EVENT_SERVER_SIDE);
}

int path_manager_read_events(struct netlink *netlink, struct wire *wire) {
  return netlink_read_events(netlink, put_event, wire);
}
