#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <uv.h>

#include "addon.h"
#include "path_manager.h"
#include "socket.h"

#define DATAGRAMS_PER_TURN 1024

struct events {
  uv_poll_t poll; /* first: its close callback frees the whole */
  struct netlink netlink;
  struct wire batch;
  napi_env env;
  napi_ref listener;
  napi_async_context context;
};

struct handle {
  struct netlink netlink;
  struct events *events; /* NULL: closed. Opened with the handle, so that both belong to one namespace. */
};

static void free_events(uv_handle_t *poll) {
  struct events *events = (struct events *)poll;
  wire_free(&events->batch);
  free(events);
}

static void close_events(void *data) {
  struct handle *handle = data;
  struct events *events = handle->events;
  if (!events) return;
  handle->events = NULL;
  netlink_close(&handle->netlink);
  uv_poll_stop(&events->poll);
  netlink_close(&events->netlink);
  if (events->listener) napi_delete_reference(events->env, events->listener);
  napi_async_destroy(events->env, events->context);
  uv_close((uv_handle_t *)&events->poll, free_events);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)hint;
  if (((struct handle *)data)->events) napi_remove_env_cleanup_hook(env, close_events, data);
  close_events(data);
  free(data);
}

static void on_readable(uv_poll_t *poll, int status, int mask) {
  (void)mask;
  struct events *events = (struct events *)poll;
  events->batch.length = 0;
  /* Other errors than "none waits" (a burst overran the buffer, say) leave the socket good for the next event. */
  for (int i = 0; i < DATAGRAMS_PER_TURN; i++)
    if (path_manager_read_events(&events->netlink, &events->batch) == -EAGAIN) break;
  /* libuv has stopped watching a socket that had an error; it was read with the rest. */
  if (status < 0) uv_poll_start(poll, UV_READABLE, on_readable);
  if (events->batch.length == 0 || !events->listener) return;
  napi_env env = events->env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value global, listener, batch = addon_from_bytes(env, events->batch.bytes, events->batch.length);
  napi_get_reference_value(env, events->listener, &listener);
  napi_get_global(env, &global);
  napi_make_callback(env, events->context, global, listener, 1, &batch, NULL);
  addon_report_exception(env);
  napi_close_handle_scope(env, scope);
}

static int open_events(napi_env env, struct handle *handle) {
  struct events *events = calloc(1, sizeof *events);
  if (!events) return -ENOMEM;
  uv_loop_t *loop;
  int error = netlink_open(&events->netlink);
  if (error) {
    free(events);
    return error;
  }
  napi_get_uv_event_loop(env, &loop);
  uv_poll_init(loop, &events->poll, events->netlink.fd);
  /* A subscription alone does not keep the process alive. */
  uv_unref((uv_handle_t *)&events->poll);
  events->env = env;
  napi_value name;
  napi_create_string_utf8(env, "twinpath-path-manager", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &events->context);
  handle->events = events;
  return 0;
}

/* pathManagerOpen() -> handle | -errno */
static napi_value open_call(napi_env env, napi_callback_info info) {
  (void)info;
  struct handle *handle = calloc(1, sizeof *handle);
  if (!handle) return addon_from_number(env, -ENOMEM);
  int error = netlink_open(&handle->netlink);
  if (!error) {
    error = open_events(env, handle);
    if (error) netlink_close(&handle->netlink);
  }
  if (error) {
    free(handle);
    return addon_from_number(env, error);
  }
  napi_value result;
  napi_create_external(env, handle, finalize, NULL, &result);
  napi_add_env_cleanup_hook(env, close_events, handle);
  return result;
}

/* The netlink socket of an open handle; a closed one throws. */
static struct netlink *netlink_of(struct addon_call *call) {
  struct handle *handle = addon_external(call, 0);
  if (call->is_bad) return NULL;
  if (handle->events) return &handle->netlink;
  napi_throw_error(call->env, "ERR_INVALID_STATE", "The path manager was closed.");
  call->is_bad = true;
  return NULL;
}

/* pathManagerErrorText(handle) -> what the kernel said beside the last errno, or "" */
static napi_value error_text_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct netlink *netlink = netlink_of(&call);
  if (!netlink) return NULL;
  napi_value result;
  napi_create_string_utf8(env, netlink->error_text, NAPI_AUTO_LENGTH, &result);
  return result;
}

/* pathManagerEndpoints(handle) -> Buffer | -errno */
static napi_value endpoints_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct netlink *netlink = netlink_of(&call);
  if (!netlink) return NULL;
  struct wire wire = {0};
  int error = path_manager_endpoints(netlink, &wire);
  napi_value result = error ? addon_from_number(env, error) : addon_from_bytes(env, wire.bytes, wire.length);
  wire_free(&wire);
  return result;
}

/* pathManagerAdd(handle, address, id or 0, interfaceName or "", flags) -> id | -errno */
static napi_value add_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 5);
  struct netlink *netlink = netlink_of(&call);
  struct path_endpoint endpoint = {0};
  char name[IF_NAMESIZE];
  addon_address(&call, 1, false, &endpoint.address);
  endpoint.id = (uint32_t)addon_number(&call, 2);
  addon_text(&call, 3, name, sizeof name);
  endpoint.flags = (uint32_t)addon_number(&call, 4);
  if (call.is_bad) return NULL;
  endpoint.interface_index = name[0] ? if_nametoindex(name) : 0;
  if (name[0] && !endpoint.interface_index) return addon_from_number(env, -ENODEV);
  return addon_from_number(env, path_manager_add(netlink, &endpoint));
}

/* pathManagerRemove(handle, id) -> 0 | -errno */
static napi_value remove_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct netlink *netlink = netlink_of(&call);
  uint32_t id = (uint32_t)addon_number(&call, 1);
  return call.is_bad ? NULL : addon_from_number(env, path_manager_remove(netlink, id));
}

/* pathManagerSetBackup(handle, id, isBackup) -> 0 | -errno */
static napi_value set_backup_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct netlink *netlink = netlink_of(&call);
  uint32_t id = (uint32_t)addon_number(&call, 1);
  bool is_backup = addon_boolean(&call, 2);
  return call.is_bad ? NULL : addon_from_number(env, path_manager_set_backup(netlink, id, is_backup));
}

/* The subflow at index 1: token, local address and port, remote address and port. */
static void subflow_of(struct addon_call *call, struct path_subflow *subflow) {
  subflow->token = (uint32_t)addon_number(call, 1);
  addon_address(call, 2, true, &subflow->local);
  addon_address(call, 4, true, &subflow->remote);
}

/* pathManagerSetSubflowBackup(handle, token, local, localPort, remote, remotePort, isBackup) -> 0 | -errno */
static napi_value set_subflow_backup_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 7);
  struct netlink *netlink = netlink_of(&call);
  struct path_subflow subflow;
  subflow_of(&call, &subflow);
  bool is_backup = addon_boolean(&call, 6);
  return call.is_bad ? NULL : addon_from_number(env, path_manager_set_subflow_backup(netlink, &subflow, is_backup));
}

/* pathManagerDestroySubflow(handle, token, local, localPort, remote, remotePort) -> 0 | -errno */
static napi_value destroy_subflow_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 6);
  struct netlink *netlink = netlink_of(&call);
  struct path_subflow subflow;
  subflow_of(&call, &subflow);
  return call.is_bad ? NULL : addon_from_number(env, path_manager_destroy_subflow(netlink, &subflow));
}

/* pathManagerCreateSubflow(handle, token, localAddress, localId, flags, remote, remotePort) -> 0 | -errno */
static napi_value create_subflow_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 7);
  struct netlink *netlink = netlink_of(&call);
  struct path_endpoint local = {0};
  struct sockaddr_storage remote;
  uint32_t token = (uint32_t)addon_number(&call, 1);
  addon_address(&call, 2, false, &local.address);
  local.id = (uint32_t)addon_number(&call, 3);
  local.flags = (uint32_t)addon_number(&call, 4);
  addon_address(&call, 5, true, &remote);
  return call.is_bad ? NULL : addon_from_number(env, path_manager_create_subflow(netlink, token, &local, &remote));
}

/* pathManagerWithdraw(handle, token, localId) -> 0 | -errno */
static napi_value withdraw_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct netlink *netlink = netlink_of(&call);
  uint32_t token = (uint32_t)addon_number(&call, 1), local_id = (uint32_t)addon_number(&call, 2);
  return call.is_bad ? NULL : addon_from_number(env, path_manager_withdraw(netlink, token, local_id));
}

/* pathManagerLimits(handle) -> [subflows, acceptedAddresses] | -errno */
static napi_value limits_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct netlink *netlink = netlink_of(&call);
  if (!netlink) return NULL;
  uint32_t subflows, accepted_addresses;
  int error = path_manager_get_limits(netlink, &subflows, &accepted_addresses);
  if (error) return addon_from_number(env, error);
  napi_value result;
  napi_create_array_with_length(env, 2, &result);
  napi_set_element(env, result, 0, addon_from_number(env, subflows));
  napi_set_element(env, result, 1, addon_from_number(env, accepted_addresses));
  return result;
}

/* pathManagerSetLimits(handle, subflows, acceptedAddresses) -> 0 | -errno */
static napi_value set_limits_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct netlink *netlink = netlink_of(&call);
  uint32_t subflows = (uint32_t)addon_number(&call, 1), accepted_addresses = (uint32_t)addon_number(&call, 2);
  return call.is_bad ? NULL : addon_from_number(env, path_manager_set_limits(netlink, subflows, accepted_addresses));
}

/* pathManagerSubscribe(handle, onBatch) -> 0 | -errno; once per handle */
static napi_value subscribe_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  if (!netlink_of(&call)) return NULL;
  struct events *events = ((struct handle *)addon_external(&call, 0))->events;
  if (events->listener) return addon_from_number(env, -EALREADY);
  int error = netlink_join_events(&events->netlink);
  if (error) return addon_from_number(env, error);
  if (napi_create_reference(env, call.arguments[1], 1, &events->listener) != napi_ok)
    return addon_from_number(env, -EINVAL);
  return addon_from_number(env, uv_poll_start(&events->poll, UV_READABLE, on_readable));
}

/* pathManagerWant(handle, events, a bit each) -> 0 | -errno; all of them where it was never called */
static napi_value want_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  if (!netlink_of(&call)) return NULL;
  uint32_t commands = (uint32_t)addon_number(&call, 1);
  if (call.is_bad) return NULL;
  struct events *events = ((struct handle *)addon_external(&call, 0))->events;
  return addon_from_number(env, netlink_filter_events(&events->netlink, commands));
}

/* pathManagerClose(handle) */
static napi_value close_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct handle *handle = addon_external(&call, 0);
  if (call.is_bad || !handle->events) return NULL;
  napi_remove_env_cleanup_hook(env, close_events, handle);
  close_events(handle);
  return NULL;
}

void addon_path_manager_init(napi_env env, napi_value exports) {
  addon_export(env, exports, "pathManagerOpen", open_call);
  addon_export(env, exports, "pathManagerErrorText", error_text_call);
  addon_export(env, exports, "pathManagerEndpoints", endpoints_call);
  addon_export(env, exports, "pathManagerAdd", add_call);
  addon_export(env, exports, "pathManagerRemove", remove_call);
  addon_export(env, exports, "pathManagerSetBackup", set_backup_call);
  addon_export(env, exports, "pathManagerSetSubflowBackup", set_subflow_backup_call);
  addon_export(env, exports, "pathManagerDestroySubflow", destroy_subflow_call);
  addon_export(env, exports, "pathManagerCreateSubflow", create_subflow_call);
  addon_export(env, exports, "pathManagerWithdraw", withdraw_call);
  addon_export(env, exports, "pathManagerLimits", limits_call);
  addon_export(env, exports, "pathManagerSetLimits", set_limits_call);
  addon_export(env, exports, "pathManagerSubscribe", subscribe_call);
  addon_export(env, exports, "pathManagerWant", want_call);
  addon_export(env, exports, "pathManagerClose", close_call);
}
