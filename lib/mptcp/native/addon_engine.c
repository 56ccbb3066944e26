#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"
#include "command.h"
#include "engine.h"
#include "handover.h"
#include "socket.h"

/* An engine with its way into JavaScript. */
struct bridge {
  struct engine *engine; /* NULL once it has stopped */
  napi_threadsafe_function deliver;
  napi_ref keep; /* the handle must not be collected while threads run */
  int owners;
  struct engine_stats last_stats; /* once it has stopped */
  struct wire batch;
  uint8_t *shared; /* memory of `shared_buffer`, in which all but the largest batches go to JavaScript */
  napi_ref shared_buffer;
};

#define SHARED_BYTES (64u << 10)

static void notify(void *context) {
  struct bridge *bridge = context;
  napi_call_threadsafe_function(bridge->deliver, NULL, napi_tsfn_nonblocking);
}

static void shut_down(void *context) {
  struct bridge *bridge = context;
  if (!bridge->engine) return;
  engine_get_stats(bridge->engine, &bridge->last_stats);
  engine_destroy(bridge->engine);
  bridge->engine = NULL;
}

/* The handle and the thread-safe function end in either order; the last one frees. */
static void finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  struct bridge *bridge = data;
  if (--bridge->owners > 0) return;
  shut_down(bridge);
  wire_free(&bridge->batch);
  free(bridge);
}

static napi_value batch_of(napi_env env, struct bridge *bridge) {
  if (bridge->batch.length > SHARED_BYTES) return addon_from_bytes(env, bridge->batch.bytes, bridge->batch.length);
  napi_value buffer;
  memcpy(bridge->shared, bridge->batch.bytes, bridge->batch.length);
  napi_get_reference_value(env, bridge->shared_buffer, &buffer);
  return buffer;
}

/* On the JavaScript thread: one call of the listener with everything that waits. */
static void deliver(napi_env env, napi_value listener, void *context, void *data) {
  (void)data;
  struct bridge *bridge = context;
  if (!env || !bridge->engine) return;
  bool has_ended = engine_take(bridge->engine, &bridge->batch);
  if (bridge->batch.length == 0) return;
  if (has_ended) {
    napi_remove_env_cleanup_hook(env, shut_down, bridge);
    shut_down(bridge);
    napi_release_threadsafe_function(bridge->deliver, napi_tsfn_release);
    napi_delete_reference(env, bridge->keep);
  }
  napi_value undefined = addon_undefined(env);
  napi_value arguments[] = {batch_of(env, bridge), addon_from_number(env, (double)bridge->batch.length)};
  if (has_ended) napi_delete_reference(env, bridge->shared_buffer);
  napi_call_function(env, undefined, listener, 2, arguments, NULL);
  addon_report_exception(env);
}

/* engineCreate(threads, handshakeTimeoutMs, idleTimeoutMs, maxConnections, lastSides, onBatch) -> handle | -errno */
static napi_value engine_create_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 6);
  struct bridge *bridge = calloc(1, sizeof *bridge);
  if (!bridge) return addon_from_number(env, -ENOMEM);
  struct engine_options options = {
      .threads = (uint32_t)addon_number(&call, 0),
      .handshake_timeout_ms = (uint32_t)addon_number(&call, 1),
      .idle_timeout_ms = (uint32_t)addon_number(&call, 2),
      .max_connections = (uint32_t)addon_number(&call, 3),
      .last_sides = (uint8_t)addon_number(&call, 4),
      .notify = notify,
      .context = bridge,
  };
  napi_value name, handle;
  napi_create_string_utf8(env, "twinpath-relay", NAPI_AUTO_LENGTH, &name);
  if (call.is_bad || napi_create_threadsafe_function(env, call.arguments[5], NULL, name, 0, 1, bridge, finalize,
                                                     bridge, deliver, &bridge->deliver) != napi_ok) {
    free(bridge);
    if (!call.is_bad) napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "native helper: a function was expected");
    return NULL;
  }
  bridge->owners = 1;
  int error = engine_create(&options, &bridge->engine);
  if (error) {
    napi_release_threadsafe_function(bridge->deliver, napi_tsfn_abort);
    return addon_from_number(env, error);
  }
  bridge->owners = 2;
  napi_value shared;
  napi_create_buffer(env, SHARED_BYTES, (void **)&bridge->shared, &shared);
  napi_create_reference(env, shared, 1, &bridge->shared_buffer);
  napi_create_external(env, bridge, finalize, NULL, &handle);
  napi_create_reference(env, handle, 1, &bridge->keep);
  /* Ends the threads before the process tears the rest down, where stop() was not called. */
  napi_add_env_cleanup_hook(env, shut_down, bridge);
  return handle;
}

struct engine *addon_engine_of(struct addon_call *call) {
  struct bridge *bridge = addon_external(call, 0);
  return call->is_bad ? NULL : bridge->engine;
}

/* engineListen(handle, address, port, mptcp, backlog, transparent, fastOpen) -> [id, port], or -errno */
static napi_value engine_listen_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 7);
  struct engine *engine = addon_engine_of(&call);
  struct sockaddr_storage address, bound = {0};
  addon_address(&call, 1, true, &address);
  bool is_mptcp = addon_boolean(&call, 3);
  int backlog = (int)addon_number(&call, 4);
  bool is_transparent = addon_boolean(&call, 5);
  bool is_fast_open = addon_boolean(&call, 6);
  if (call.is_bad) return NULL;
  int id = engine ? engine_listen(engine, &address, is_mptcp, backlog, is_transparent, is_fast_open, &bound)
                  : -ESHUTDOWN;
  if (id < 0) return addon_from_number(env, id);
  char text[64];
  uint16_t port;
  socket_format_address(&bound, text, sizeof text, &port);
  napi_value result;
  napi_create_array_with_length(env, 2, &result);
  napi_set_element(env, result, 0, addon_from_number(env, id));
  napi_set_element(env, result, 1, addon_from_number(env, port));
  return result;
}

/* engineAdopt(handle, box) -> [id, port, address] | -errno */
static napi_value engine_adopt_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct engine *engine = addon_engine_of(&call);
  int box = (int)addon_number(&call, 1);
  if (call.is_bad) return NULL;
  struct sockaddr_storage bound = {0};
  int fd = engine ? handover_take(box) : -ESHUTDOWN;
  int id = fd < 0 ? fd : engine_adopt(engine, fd, false, &bound);
  if (id < 0) return addon_from_number(env, id);
  char text[64];
  uint16_t port;
  socket_format_address(&bound, text, sizeof text, &port);
  napi_value result, address;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &address);
  napi_create_array_with_length(env, 3, &result);
  napi_set_element(env, result, 0, addon_from_number(env, id));
  napi_set_element(env, result, 1, addon_from_number(env, port));
  napi_set_element(env, result, 2, address);
  return result;
}

/* engineLeaveListener(handle, id) */
static napi_value engine_leave_listener_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct engine *engine = addon_engine_of(&call);
  int id = (int)addon_number(&call, 1);
  if (engine && !call.is_bad) engine_leave_listener(engine, id);
  return NULL;
}

/* engineGiveListener(handle, id, path of the box) -> 0 | -errno */
static napi_value engine_give_listener_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = addon_engine_of(&call);
  int id = (int)addon_number(&call, 1);
  char path[HANDOVER_PATH_BYTES];
  addon_text(&call, 2, path, sizeof path);
  if (call.is_bad) return NULL;
  int fd = engine ? engine_listener_fd(engine, id) : -ESHUTDOWN;
  return addon_from_number(env, fd < 0 ? fd : handover_give(path, fd));
}

/* engineSetBounds(handle, handshakeTimeoutMs, idleTimeoutMs, maxConnections) */
static napi_value engine_set_bounds_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 4);
  struct engine *engine = addon_engine_of(&call);
  uint32_t handshake_timeout_ms = (uint32_t)addon_number(&call, 1);
  uint32_t idle_timeout_ms = (uint32_t)addon_number(&call, 2);
  uint32_t max_connections = (uint32_t)addon_number(&call, 3);
  if (engine && !call.is_bad) engine_set_bounds(engine, handshake_timeout_ms, idle_timeout_ms, max_connections);
  return NULL;
}

/* engineCloseListener(handle, id) */
static napi_value engine_close_listener_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct engine *engine = addon_engine_of(&call);
  int id = (int)addon_number(&call, 1);
  if (engine && !call.is_bad) engine_close_listener(engine, id);
  return NULL;
}

/* engineStats(handle) -> [connections, accepted, refused, relaying, upload, download], after the stop the last ones */
static napi_value engine_stats_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct bridge *bridge = addon_external(&call, 0);
  if (call.is_bad) return NULL;
  struct engine_stats stats = bridge->last_stats;
  if (bridge->engine) engine_get_stats(bridge->engine, &stats);
  const uint64_t numbers[] = {stats.connections, stats.accepted,     stats.refused,
                              stats.relaying,    stats.upload_bytes, stats.download_bytes};
  size_t count = sizeof numbers / sizeof numbers[0];
  napi_value result;
  napi_create_array_with_length(env, count, &result);
  for (uint32_t i = 0; i < count; i++) napi_set_element(env, result, i, addon_from_number(env, (double)numbers[i]));
  return result;
}

/* engineIsOpen(handle, connection) -> boolean */
static napi_value engine_is_open_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  if (call.is_bad) return NULL;
  napi_value result;
  napi_get_boolean(env, engine && engine_is_open(engine, connection), &result);
  return result;
}

/* engineFlush(handle) */
static napi_value engine_flush_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct engine *engine = addon_engine_of(&call);
  if (engine) engine_flush(engine);
  return NULL;
}

/* engineStop(handle): the last batch ends with a stopped record. */
static napi_value engine_stop_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct engine *engine = addon_engine_of(&call);
  if (engine) engine_stop(engine);
  return NULL;
}

void addon_engine_init(napi_env env, napi_value exports) {
  addon_export(env, exports, "engineCreate", engine_create_call);
  addon_export(env, exports, "engineListen", engine_listen_call);
  addon_export(env, exports, "engineCloseListener", engine_close_listener_call);
  addon_export(env, exports, "engineAdopt", engine_adopt_call);
  addon_export(env, exports, "engineLeaveListener", engine_leave_listener_call);
  addon_export(env, exports, "engineGiveListener", engine_give_listener_call);
  addon_export(env, exports, "engineSetBounds", engine_set_bounds_call);
  addon_export(env, exports, "engineStats", engine_stats_call);
  addon_export(env, exports, "engineIsOpen", engine_is_open_call);
  addon_export(env, exports, "engineFlush", engine_flush_call);
  addon_export(env, exports, "engineStop", engine_stop_call);
}
