#include <unistd.h>

#include "addon.h"
#include "handover.h"

/* handoverOpen(path) -> box | -errno */
static napi_value handover_open_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  char path[HANDOVER_PATH_BYTES];
  addon_text(&call, 0, path, sizeof path);
  return call.is_bad ? NULL : addon_from_number(env, handover_open(path));
}

/* handoverClose(box) */
static napi_value handover_close_call(napi_env env, napi_callback_info info) {
  struct addon_call call = addon_begin(env, info, 1);
  int box = (int)addon_number(&call, 0);
  if (!call.is_bad) close(box);
  return NULL;
}

void addon_handover_init(napi_env env, napi_value exports) {
  addon_export(env, exports, "handoverOpen", handover_open_call);
  addon_export(env, exports, "handoverClose", handover_close_call);
}
