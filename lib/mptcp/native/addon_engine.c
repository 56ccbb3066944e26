#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"
#include "engine.h"
#include "socket.h"

/* An engine with its way into JavaScript. */
struct bridge {
  struct engine *engine; /* NULL once it has stopped */
  napi_threadsafe_function deliver;
  napi_ref keep; /* the handle must not be collected while threads run */
  int owners;
  struct engine_stats last_stats; /* once it has stopped */
  struct wire batch;
};

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
  napi_value batch = addon_from_bytes(env, bridge->batch.bytes, bridge->batch.length);
  if (bridge->engine) engine_begin_batch(bridge->engine);
  napi_call_function(env, undefined, listener, 1, &batch, NULL);
  if (bridge->engine) engine_end_batch(bridge->engine);
  addon_report_exception(env);
}

/* engineCreate(threads, handshakeTimeoutMs, idleTimeoutMs, maxConnections, onBatch) -> handle | -errno */
static napi_value engine_create_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 5);
  struct bridge *bridge = calloc(1, sizeof *bridge);
  if (!bridge) return addon_from_number(env, -ENOMEM);
  struct engine_options options = {
      .threads = (uint32_t)addon_number(&call, 0),
      .handshake_timeout_ms = (uint32_t)addon_number(&call, 1),
      .idle_timeout_ms = (uint32_t)addon_number(&call, 2),
      .max_connections = (uint32_t)addon_number(&call, 3),
      .notify = notify,
      .context = bridge,
  };
  napi_value name, handle;
  napi_create_string_utf8(env, "twinpath-relay", NAPI_AUTO_LENGTH, &name);
  if (call.is_bad || napi_create_threadsafe_function(env, call.arguments[4], NULL, name, 0, 1, bridge, finalize,
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
  napi_create_external(env, bridge, finalize, NULL, &handle);
  napi_create_reference(env, handle, 1, &bridge->keep);
  /* Ends the threads before the process tears the rest down, where stop() was not called. */
  napi_add_env_cleanup_hook(env, shut_down, bridge);
  return handle;
}

static struct engine *engine_of(struct addon_call *call) {
  struct bridge *bridge = addon_external(call, 0);
  return call->is_bad ? NULL : bridge->engine;
}

/* engineListen(handle, address, port, mptcp, backlog) -> [id, address port] as number | [number, number] */
static napi_value engine_listen_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 5);
  struct engine *engine = engine_of(&call);
  struct sockaddr_storage address, bound = {0};
  addon_address(&call, 1, true, &address);
  bool is_mptcp = addon_boolean(&call, 3);
  int backlog = (int)addon_number(&call, 4);
  if (call.is_bad) return NULL;
  int id = engine ? engine_listen(engine, &address, is_mptcp, backlog, &bound) : -ESHUTDOWN;
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

/* engineCloseListener(handle, id) */
static napi_value engine_close_listener_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct engine *engine = engine_of(&call);
  int id = (int)addon_number(&call, 1);
  if (engine && !call.is_bad) engine_close_listener(engine, id);
  return NULL;
}

/* engineRead(handle, connection, side) -> 0 | -errno */
static napi_value engine_read_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int side = (int)addon_number(&call, 2) & 1;
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_read(engine, connection, side) : 0);
}

/* engineWrite(handle, connection, side, Uint8Array) -> 0 | -errno */
static napi_value engine_write_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 4);
  struct engine *engine = engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int side = (int)addon_number(&call, 2) & 1;
  size_t length;
  const void *bytes = addon_array(&call, 3, napi_uint8_array, &length);
  if (call.is_bad) return NULL;
  if (length > UINT32_MAX) return addon_from_number(env, -EMSGSIZE);
  return addon_from_number(env, engine ? engine_write(engine, connection, side, bytes, (uint32_t)length) : 0);
}

/* engineConnect(handle, connection, address, port, localAddress | null, mptcp, timeoutMs) -> 0 | -errno */
static napi_value engine_connect_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 7);
  struct engine *engine = engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  struct sockaddr_storage remote, local;
  addon_address(&call, 2, true, &remote);
  bool has_local = !addon_is_null(&call, 4);
  if (has_local) addon_address(&call, 4, false, &local);
  bool is_mptcp = addon_boolean(&call, 5);
  uint32_t timeout_ms = (uint32_t)addon_number(&call, 6);
  if (call.is_bad) return NULL;
  return addon_from_number(
      env, engine ? engine_connect(engine, connection, &remote, has_local ? &local : NULL, is_mptcp, timeout_ms) : 0);
}

/* engineRelay(handle, connection, uploadLimitBytes or -1) -> 0 | -errno */
static napi_value engine_relay_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int64_t limit = (int64_t)addon_number(&call, 2);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_relay(engine, connection, limit) : 0);
}

/* engineClose(handle, connection, isReset) -> 0 | -errno */
static napi_value engine_close_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  bool is_reset = addon_boolean(&call, 2);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_close(engine, connection, is_reset) : 0);
}

/* engineSample(handle, request, Float64Array of ids | null, sides mask) -> 0 | -errno */
static napi_value engine_sample_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 4);
  struct engine *engine = engine_of(&call);
  uint32_t request = (uint32_t)addon_number(&call, 1);
  uint8_t sides = (uint8_t)addon_number(&call, 3);
  size_t count = 0;
  bool is_all = addon_is_null(&call, 2);
  const double *numbers = is_all ? NULL : addon_array(&call, 2, napi_float64_array, &count);
  if (call.is_bad) return NULL;
  if (!engine) return addon_from_number(env, 0);
  uint64_t *connections = is_all ? NULL : calloc(count + 1, sizeof *connections);
  if (!is_all && !connections) return addon_from_number(env, -ENOMEM);
  for (size_t i = 0; i < count; i++) connections[i] = (uint64_t)numbers[i];
  int error = engine_sample(engine, request, connections, (uint32_t)count, sides);
  free(connections);
  return addon_from_number(env, error);
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
  struct engine *engine = engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  if (call.is_bad) return NULL;
  napi_value result;
  napi_get_boolean(env, engine && engine_is_open(engine, connection), &result);
  return result;
}

/* engineStop(handle): the last batch ends with a stopped record. */
static napi_value engine_stop_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct engine *engine = engine_of(&call);
  if (engine) engine_stop(engine);
  return NULL;
}

void addon_engine_init(napi_env env, napi_value exports) {
  addon_export(env, exports, "engineCreate", engine_create_call);
  addon_export(env, exports, "engineListen", engine_listen_call);
  addon_export(env, exports, "engineCloseListener", engine_close_listener_call);
  addon_export(env, exports, "engineRead", engine_read_call);
  addon_export(env, exports, "engineWrite", engine_write_call);
  addon_export(env, exports, "engineConnect", engine_connect_call);
  addon_export(env, exports, "engineRelay", engine_relay_call);
  addon_export(env, exports, "engineClose", engine_close_call);
  addon_export(env, exports, "engineSample", engine_sample_call);
  addon_export(env, exports, "engineStats", engine_stats_call);
  addon_export(env, exports, "engineIsOpen", engine_is_open_call);
  addon_export(env, exports, "engineStop", engine_stop_call);
}
