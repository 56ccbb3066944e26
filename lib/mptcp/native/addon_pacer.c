#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "addon.h"
#include "pacer.h"

struct handle {
  struct pacer *pacer; /* NULL: closed */
};

static void close_pacer(struct handle *handle) {
  if (handle->pacer) pacer_close(handle->pacer);
  handle->pacer = NULL;
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env, (void)hint;
  close_pacer(data);
  free(data);
}

/* pacerOpen(objectFile, starterFile) -> handle | -errno */
static napi_value open_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 2);
  char file[PATH_MAX], starter[PATH_MAX];
  addon_text(&call, 0, file, sizeof file);
  addon_text(&call, 1, starter, sizeof starter);
  if (call.is_bad) return NULL;
  struct handle *handle = calloc(1, sizeof *handle);
  int error = handle ? pacer_open(file, starter, &handle->pacer) : -ENOMEM;
  if (error) {
    free(handle);
    return addon_from_number(env, error);
  }
  napi_value result;
  napi_create_external(env, handle, finalize, NULL, &result);
  return result;
}

static struct pacer *pacer_of(struct addon_call *call) {
  struct handle *handle = addon_external(call, 0);
  if (call->is_bad) return NULL;
  if (handle->pacer) return handle->pacer;
  napi_throw_error(call->env, "ERR_INVALID_STATE", "The pacer was closed.");
  call->is_bad = true;
  return NULL;
}

/*
 * pacerStage(handle, token, local, localPort, remote, remotePort, bytesPerSecond, unsentBytes, inFlightBytes, isRestart,
 * startBytes) -> 0 | -errno
 */
static napi_value stage_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 11);
  struct pacer *pacer = pacer_of(&call);
  struct sockaddr_storage local, remote;
  struct pacing_value value = {.token = (uint32_t)addon_number(&call, 1)};
  addon_address(&call, 2, true, &local);
  addon_address(&call, 4, true, &remote);
  value.bytes_per_second = (uint32_t)addon_number(&call, 6);
  value.has_unsent = !addon_is_null(&call, 7);
  if (value.has_unsent) value.unsent_bytes = (uint32_t)addon_number(&call, 7);
  value.has_in_flight = !addon_is_null(&call, 8);
  if (value.has_in_flight) value.in_flight_bytes = (uint32_t)addon_number(&call, 8);
  value.is_restart = addon_boolean(&call, 9);
  value.start_bytes = (uint32_t)addon_number(&call, 10);
  return call.is_bad ? NULL : addon_from_number(env, pacer_stage(pacer, &local, &remote, &value));
}

/* pacerApply(handle) -> 0 | -errno */
static napi_value apply_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct pacer *pacer = pacer_of(&call);
  return call.is_bad ? NULL : addon_from_number(env, pacer_apply(pacer));
}

/* pacerClose(handle) */
static napi_value close_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  struct handle *handle = addon_external(&call, 0);
  if (!call.is_bad) close_pacer(handle);
  return NULL;
}

void addon_pacer_init(napi_env env, napi_value exports) {
  addon_export(env, exports, "pacerOpen", open_call);
  addon_export(env, exports, "pacerStage", stage_call);
  addon_export(env, exports, "pacerApply", apply_call);
  addon_export(env, exports, "pacerClose", close_call);
}
