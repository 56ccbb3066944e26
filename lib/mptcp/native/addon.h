/*
 * The N-API layer. It only carries values: TypeScript validated them, C does the work. Kernel refusals come back as
 * negative errno numbers, which ../native-error.ts turns into errors; a wrong argument type throws a TypeError.
 */
#ifndef TWINPATH_ADDON_H
#define TWINPATH_ADDON_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct engine;

#define ADDON_MAX_ARGUMENTS 11

struct addon_call {
  napi_env env;
  napi_value arguments[ADDON_MAX_ARGUMENTS];
  size_t count;
  bool is_bad; /* an argument had the wrong type; the TypeError is pending */
};

/* Fetch the arguments; sets is_bad where there are fewer than `wanted`. */
struct addon_call addon_begin(napi_env env, napi_callback_info info, size_t wanted);

double addon_number(struct addon_call *call, size_t index);
bool addon_boolean(struct addon_call *call, size_t index);
bool addon_is_null(struct addon_call *call, size_t index);
/* A Uint8Array or Float64Array's memory, valid during the call; *length in elements. */
const void *addon_array(struct addon_call *call, size_t index, napi_typedarray_type type, size_t *length);
/* Address text at `index`, port number at `index + 1`. */
void addon_address(struct addon_call *call, size_t index, bool has_port, struct sockaddr_storage *address);
/* At most size - 1 bytes of UTF-8, always terminated. */
void addon_text(struct addon_call *call, size_t index, char *text, size_t size);
void *addon_external(struct addon_call *call, size_t index);

napi_value addon_from_number(napi_env env, double value);
napi_value addon_from_bytes(napi_env env, const void *bytes, size_t length);
napi_value addon_undefined(napi_env env);

/* Hand an exception that a callback threw to process.on("uncaughtException"). */
void addon_report_exception(napi_env env);

void addon_export(napi_env env, napi_value exports, const char *name, napi_callback function);

/* The engine behind the handle that is the first argument; NULL once it has stopped. */
struct engine *addon_engine_of(struct addon_call *call);

void addon_engine_init(napi_env env, napi_value exports);
void addon_commands_init(napi_env env, napi_value exports);
void addon_handover_init(napi_env env, napi_value exports);
void addon_path_manager_init(napi_env env, napi_value exports);
void addon_link_monitor_init(napi_env env, napi_value exports);
/* Only in builds that have libbpf (HAS_PACING). */
void addon_pacer_init(napi_env env, napi_value exports);

#endif
