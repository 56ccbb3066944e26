/*
 * Tells JavaScript that links, addresses or routes of the namespace changed. What they are now is read afresh by the
 * listener, so nothing of the messages is parsed and none can be missed: they only wake.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "addon.h"

#define WATCHED_GROUPS (RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE)

struct monitor {
  uv_poll_t poll; /* first: its close callback frees the whole */
  int fd;
  napi_env env;
  napi_ref listener;
  napi_async_context context;
};

struct handle {
  struct monitor *monitor; /* NULL: closed */
};

static void free_monitor(uv_handle_t *poll) { free(poll); }

static void close_monitor(void *data) {
  struct handle *handle = data;
  struct monitor *monitor = handle->monitor;
  if (!monitor) return;
  handle->monitor = NULL;
  uv_poll_stop(&monitor->poll);
  close(monitor->fd);
  napi_delete_reference(monitor->env, monitor->listener);
  napi_async_destroy(monitor->env, monitor->context);
  uv_close((uv_handle_t *)&monitor->poll, free_monitor);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)hint;
  if (((struct handle *)data)->monitor) napi_remove_env_cleanup_hook(env, close_monitor, data);
  close_monitor(data);
  free(data);
}

static void on_readable(uv_poll_t *poll, int status, int mask) {
  (void)mask;
  struct monitor *monitor = (struct monitor *)poll;
  uint8_t message[16];
  /* An overrun (ENOBUFS) is news as well. */
  while (recv(monitor->fd, message, sizeof message, MSG_DONTWAIT) >= 0 || errno == EINTR || errno == ENOBUFS) continue;
  /* libuv has stopped watching a socket that had an error; it was read with the rest. */
  if (status < 0) uv_poll_start(poll, UV_READABLE, on_readable);
  napi_env env = monitor->env;
  napi_handle_scope scope;
  napi_open_handle_scope(env, &scope);
  napi_value global, listener;
  napi_get_reference_value(env, monitor->listener, &listener);
  napi_get_global(env, &global);
  napi_make_callback(env, monitor->context, global, listener, 0, NULL, NULL);
  addon_report_exception(env);
  napi_close_handle_scope(env, scope);
}

static int open_socket(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0) return -errno;
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = WATCHED_GROUPS};
  if (!bind(fd, (struct sockaddr *)&address, sizeof address)) return fd;
  int error = -errno;
  close(fd);
  return error;
}

/* linkMonitorOpen(onChange) -> handle | -errno; of the namespace the process is in now */
static napi_value open_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  if (call.is_bad) return NULL;
  struct handle *handle = calloc(1, sizeof *handle);
  struct monitor *monitor = calloc(1, sizeof *monitor);
  int fd = handle && monitor ? open_socket() : -ENOMEM;
  if (fd < 0) {
    free(handle);
    free(monitor);
    return addon_from_number(env, fd);
  }
  uv_loop_t *loop;
  napi_value name, result;
  napi_get_uv_event_loop(env, &loop);
  monitor->fd = fd;
  monitor->env = env;
  handle->monitor = monitor;
  napi_create_reference(env, call.arguments[0], 1, &monitor->listener);
  napi_create_string_utf8(env, "twinpath-link-monitor", NAPI_AUTO_LENGTH, &name);
  napi_async_init(env, NULL, name, &monitor->context);
  uv_poll_init(loop, &monitor->poll, fd);
  uv_poll_start(&monitor->poll, UV_READABLE, on_readable);
  /* A subscription alone does not keep the process alive. */
  uv_unref((uv_handle_t *)&monitor->poll);
  napi_create_external(env, handle, finalize, NULL, &result);
  napi_add_env_cleanup_hook(env, close_monitor, handle);
  return result;
}

/* linkMonitorClose(handle) */
static napi_value close_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct handle *handle = addon_external(&call, 0);
  if (call.is_bad || !handle->monitor) return NULL;
  napi_remove_env_cleanup_hook(env, close_monitor, handle);
  close_monitor(handle);
  return NULL;
}

void addon_link_monitor_init(napi_env env, napi_value exports) {
  addon_export(env, exports, "linkMonitorOpen", open_call);
  addon_export(env, exports, "linkMonitorClose", close_call);
}
