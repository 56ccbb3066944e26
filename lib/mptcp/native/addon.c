#include "addon.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "fullinfo.h"
#include "netlink.h"
#include "socket.h"
#include "uapi.h"

static void refuse(struct addon_call *call, const char *message) {
  if (!call->is_bad) napi_throw_type_error(call->env, "ERR_INVALID_ARG_TYPE", message);
  call->is_bad = true;
}

struct addon_call addon_begin(napi_env env, napi_callback_info info, size_t wanted) {
  struct addon_call call = {.env = env, .count = ADDON_MAX_ARGUMENTS};
  napi_get_cb_info(env, info, &call.count, call.arguments, NULL, NULL);
  if (call.count < wanted) refuse(&call, "native helper: too few arguments");
  return call;
}

double addon_number(struct addon_call *call, size_t index) {
  double value = 0;
  if (!call->is_bad && napi_get_value_double(call->env, call->arguments[index], &value) != napi_ok)
    refuse(call, "native helper: a number was expected");
  return value;
}

bool addon_boolean(struct addon_call *call, size_t index) {
  bool value = false;
  if (!call->is_bad && napi_get_value_bool(call->env, call->arguments[index], &value) != napi_ok)
    refuse(call, "native helper: a boolean was expected");
  return value;
}

bool addon_is_null(struct addon_call *call, size_t index) {
  napi_valuetype type = napi_undefined;
  if (!call->is_bad) napi_typeof(call->env, call->arguments[index], &type);
  return type == napi_null || type == napi_undefined;
}

const void *addon_array(struct addon_call *call, size_t index, napi_typedarray_type type, size_t *length) {
  napi_typedarray_type actual = type;
  void *bytes = NULL;
  *length = 0;
  if (call->is_bad) return NULL;
  if (napi_get_typedarray_info(call->env, call->arguments[index], &actual, length, &bytes, NULL, NULL) != napi_ok ||
      actual != type) {
    *length = 0;
    refuse(call, "native helper: another kind of array was expected");
  }
  return bytes;
}

void addon_text(struct addon_call *call, size_t index, char *text, size_t size) {
  text[0] = 0;
  if (!call->is_bad && napi_get_value_string_utf8(call->env, call->arguments[index], text, size, NULL) != napi_ok)
    refuse(call, "native helper: a string was expected");
}

void addon_address(struct addon_call *call, size_t index, bool has_port, struct sockaddr_storage *address) {
  char text[64];
  memset(address, 0, sizeof *address);
  addon_text(call, index, text, sizeof text);
  double port = has_port ? addon_number(call, index + 1) : 0;
  if (!call->is_bad && socket_parse_address(text, (uint16_t)port, address))
    refuse(call, "native helper: a numeric address was expected");
}

void *addon_external(struct addon_call *call, size_t index) {
  void *value = NULL;
  if (!call->is_bad && napi_get_value_external(call->env, call->arguments[index], &value) != napi_ok)
    refuse(call, "native helper: a handle was expected");
  return value;
}

napi_value addon_from_number(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

napi_value addon_from_bytes(napi_env env, const void *bytes, size_t length) {
  napi_value result = NULL;
  napi_create_buffer_copy(env, length, length ? bytes : "", NULL, &result);
  return result;
}

napi_value addon_undefined(napi_env env) {
  napi_value result = NULL;
  napi_get_undefined(env, &result);
  return result;
}

void addon_report_exception(napi_env env) {
  bool is_pending = false;
  napi_value error;
  if (napi_is_exception_pending(env, &is_pending) != napi_ok || !is_pending) return;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

void addon_export(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value) == napi_ok)
    napi_set_named_property(env, exports, name, value);
}

/* probe() -> Float64Array-like [socket errno, full info errno, path manager errno]; 0 means it works. */
static napi_value probe(napi_env env, napi_callback_info info) {
  (void)info;
  int found[3] = {0, 0, 0};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
  if (fd < 0) {
    found[0] = errno;
    found[1] = errno;
  } else {
    found[1] = -fullinfo_probe(fd);
    close(fd);
  }
  struct netlink netlink;
  found[2] = -netlink_open(&netlink);
  if (!found[2]) netlink_close(&netlink);
  napi_value result;
  napi_create_array_with_length(env, 3, &result);
  for (uint32_t i = 0; i < 3; i++) napi_set_element(env, result, i, addon_from_number(env, found[i]));
  return result;
}

/*
 * releaseMemory(): N-API has no call for it. V8 answers the report of so much memory outside its heap, which is taken back
 * at once, by collecting all garbage and shrinking its heap (src/heap/heap.cc, ReportExternalMemoryPressure).
 */
static napi_value release_memory(napi_env env, napi_callback_info info) {
  (void)info;
  const int64_t beyond_limit = (int64_t)1 << 44;
  int64_t total;
  napi_adjust_external_memory(env, beyond_limit, &total);
  napi_adjust_external_memory(env, -beyond_limit, &total);
  return NULL;
}

NAPI_MODULE_INIT() {
  addon_export(env, exports, "probe", probe);
  addon_export(env, exports, "releaseMemory", release_memory);
  addon_engine_init(env, exports);
  addon_commands_init(env, exports);
  addon_handover_init(env, exports);
  addon_path_manager_init(env, exports);
  addon_link_monitor_init(env, exports);
#ifdef HAS_PACING
  addon_pacer_init(env, exports);
#endif
  return exports;
}
