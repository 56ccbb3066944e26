/* What JavaScript asks of the engine about its connections (engine.h): each call is one command. */
#include <errno.h>
#include <stdlib.h>

#include "addon.h"
#include "command.h"
#include "engine.h"

/* engineRead(handle, connection, side) -> 0 | -errno */
static napi_value engine_read_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int side = (int)addon_number(&call, 2) & 1;
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_read(engine, connection, side) : 0);
}

/* engineWrite(handle, connection, side, Uint8Array, isRelayed) -> 0 | -errno */
static napi_value engine_write_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 5);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int side = (int)addon_number(&call, 2) & 1;
  size_t length;
  const void *bytes = addon_array(&call, 3, napi_uint8_array, &length);
  bool is_relayed = addon_boolean(&call, 4);
  if (call.is_bad) return NULL;
  if (length > UINT32_MAX) return addon_from_number(env, -EMSGSIZE);
  if (!engine) return addon_from_number(env, 0);
  return addon_from_number(env, engine_write(engine, connection, side, bytes, (uint32_t)length, is_relayed));
}

/* A Uint8Array of less than 4 GB, or null: empty. */
static struct byte_span span_of(struct addon_call *call, size_t index) {
  size_t length = 0;
  const void *bytes = addon_is_null(call, index) ? NULL : addon_array(call, index, napi_uint8_array, &length);
  return (struct byte_span){.bytes = bytes, .length = length > UINT32_MAX ? UINT32_MAX : (uint32_t)length};
}

static napi_value connect_call(napi_env env, napi_callback_info info, bool is_beside) {
  struct addon_call call = addon_begin(env, info, 10);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  struct connect_target target = {.is_beside = is_beside};
  addon_address(&call, 2, true, &target.remote);
  if (!addon_is_null(&call, 4)) addon_address(&call, 4, false, &target.local);
  target.is_mptcp = addon_boolean(&call, 5);
  target.timeout_ms = (uint32_t)addon_number(&call, 6);
  target.mark = (uint32_t)addon_number(&call, 7);
  struct byte_span with_syn = span_of(&call, 8), answer = span_of(&call, 9);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_connect(engine, connection, &target, with_syn, answer) : 0);
}

/*
 * engineConnect(handle, connection, address, port, localAddress | null, mptcp, timeoutMs, mark or 0,
 *               withSyn: Uint8Array | null, answer: Uint8Array | null) -> 0 | -errno
 */
static napi_value engine_connect_call(napi_env env, napi_callback_info info) { return connect_call(env, info, false); }

/* engineConnectBeside: the same arguments, withSyn being null -> 0 | -errno */
static napi_value engine_connect_beside_call(napi_env env, napi_callback_info info) {
  return connect_call(env, info, true);
}

/* engineRelay(handle, connection, uploadLimitBytes or -1) -> 0 | -errno */
static napi_value engine_relay_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int64_t limit = (int64_t)addon_number(&call, 2);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_relay(engine, connection, limit) : 0);
}

/* enginePass(handle, connection, side, bytes) -> 0 | -errno */
static napi_value engine_pass_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 4);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int source = (int)addon_number(&call, 2) & 1;
  uint64_t bytes = (uint64_t)addon_number(&call, 3);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_pass(engine, connection, source, bytes) : 0);
}

/* engineHangUp(handle, connection) -> 0 | -errno */
static napi_value engine_hang_up_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_hang_up(engine, connection) : 0);
}

/* engineClose(handle, connection, isReset) -> 0 | -errno */
static napi_value engine_close_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  bool is_reset = addon_boolean(&call, 2);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_close(engine, connection, is_reset) : 0);
}

/* engineSetLimit(handle, limit, upload, download in bytes a second, 0 for none) -> 0 | -errno */
static napi_value engine_set_limit_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 4);
  struct engine *engine = addon_engine_of(&call);
  int64_t limit = (int64_t)addon_number(&call, 1);
  const uint64_t rates[2] = {(uint64_t)addon_number(&call, 2), (uint64_t)addon_number(&call, 3)};
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_set_limit(engine, limit, rates) : 0);
}

/* engineDropLimit(handle, limit) -> 0 | -errno */
static napi_value engine_drop_limit_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  struct engine *engine = addon_engine_of(&call);
  int64_t limit = (int64_t)addon_number(&call, 1);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_drop_limit(engine, limit) : 0);
}

/* engineLimit(handle, connection, limit | null) -> 0 | -errno */
static napi_value engine_limit_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 3);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  bool has_limit = !addon_is_null(&call, 2);
  int64_t limit = has_limit ? (int64_t)addon_number(&call, 2) : 0;
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_limit(engine, connection, has_limit ? &limit : NULL) : 0);
}

/* engineBoundSendBuffer(handle, connection, side, bytes) -> 0 | -errno */
static napi_value engine_bound_send_buffer_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 4);
  struct engine *engine = addon_engine_of(&call);
  uint64_t connection = (uint64_t)addon_number(&call, 1);
  int side = (int)addon_number(&call, 2) & 1;
  uint32_t bytes = (uint32_t)addon_number(&call, 3);
  if (call.is_bad) return NULL;
  return addon_from_number(env, engine ? engine_bound_send_buffer(engine, connection, side, bytes) : 0);
}

/* An argument that is a Float64Array of ids, or null for all; free with free(). False where memory is short. */
static bool take_connections(struct addon_call *call, int index, uint64_t **connections, uint32_t *count) {
  size_t length = 0;
  const double *numbers = addon_array(call, index, napi_float64_array, &length);
  *connections = calloc(length + 1, sizeof **connections);
  if (!*connections) return false;
  for (size_t i = 0; i < length; i++) (*connections)[i] = (uint64_t)numbers[i];
  *count = (uint32_t)length;
  return true;
}

static napi_value sample_call(napi_env env, napi_callback_info info, bool is_paths) {
  struct addon_call call = addon_begin(env, info, 4);
  struct engine *engine = addon_engine_of(&call);
  uint32_t request = (uint32_t)addon_number(&call, 1), count = 0;
  uint8_t sides = (uint8_t)addon_number(&call, 3);
  uint64_t *connections = NULL;
  bool has_memory = addon_is_null(&call, 2) || take_connections(&call, 2, &connections, &count);
  int error = 0;
  if (!has_memory) {
    error = -ENOMEM;
  } else if (engine && !call.is_bad) {
    error = is_paths ? engine_sample_paths(engine, request, connections, count, sides & 1)
                     : engine_sample(engine, request, connections, count, sides & 3, sides & 4);
  }
  free(connections);
  return call.is_bad ? NULL : addon_from_number(env, error);
}

/* engineSample(handle, request, Float64Array of ids | null, sides mask, + 4: those that moved) -> 0 | -errno */
static napi_value engine_sample_call(napi_env env, napi_callback_info info) { return sample_call(env, info, false); }

/* engineSamplePaths(handle, request, Float64Array of ids | null for those that moved, side's bit) -> 0 | -errno */
static napi_value engine_sample_paths_call(napi_env env, napi_callback_info info) {
  return sample_call(env, info, true);
}

void addon_commands_init(napi_env env, napi_value exports) {
  addon_export(env, exports, "engineRead", engine_read_call);
  addon_export(env, exports, "engineWrite", engine_write_call);
  addon_export(env, exports, "engineConnect", engine_connect_call);
  addon_export(env, exports, "engineConnectBeside", engine_connect_beside_call);
  addon_export(env, exports, "engineRelay", engine_relay_call);
  addon_export(env, exports, "enginePass", engine_pass_call);
  addon_export(env, exports, "engineHangUp", engine_hang_up_call);
  addon_export(env, exports, "engineClose", engine_close_call);
  addon_export(env, exports, "engineSetLimit", engine_set_limit_call);
  addon_export(env, exports, "engineDropLimit", engine_drop_limit_call);
  addon_export(env, exports, "engineLimit", engine_limit_call);
  addon_export(env, exports, "engineBoundSendBuffer", engine_bound_send_buffer_call);
  addon_export(env, exports, "engineSample", engine_sample_call);
  addon_export(env, exports, "engineSamplePaths", engine_sample_paths_call);
}
