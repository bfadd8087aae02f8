/* A native module that keeps what it allocates, or gives it back. Compiled without Node's headers: the few parts of
   Node-API that it needs are declared here; their binary form is stable over all versions of Node. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
extern int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
extern int napi_set_named_property(napi_env, napi_value, const char *, napi_value);

enum { BYTES = 64 * 1024 };
static void *decoded;

static napi_value leak(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  decoded = malloc(BYTES); /* the one before is lost */
  memset(decoded, 1, BYTES);
  return NULL;
}

static napi_value healthy(napi_env env, napi_callback_info info) {
  (void)env, (void)info;
  char *bytes = malloc(BYTES);
  memset(bytes, 1, BYTES);
  free(bytes);
  return NULL;
}

napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "leak", 4, leak, NULL, &function);
  napi_set_named_property(env, exports, "leak", function);
  napi_create_function(env, "healthy", 7, healthy, NULL, &function);
  napi_set_named_property(env, exports, "healthy", function);
  return exports;
}
