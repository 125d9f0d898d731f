// A C program loads a C++ plugin into a scope of its own (RTLD_LOCAL): a failing operator new throws within
// the plugin, and the plugin's new handler is the one that is called.
#include <dlfcn.h>
#include <stdlib.h>

#include "preload_check.h"

int main(int count, char** arguments) {
  CHECK_EQ(count, 2);
  CHECK(!dlsym(RTLD_DEFAULT, "__cxa_throw"));
  void* plugin = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  CHECK(plugin != NULL);
  int (*catches)(void) = (int (*)(void))dlsym(plugin, "PluginCatchesBadAlloc");
  int (*handler_calls)(void) = (int (*)(void))dlsym(plugin, "PluginHandlerCalls");
  size_t (*uses_strings)(void) = (size_t(*)(void))dlsym(plugin, "PluginUsesStrings");
  CHECK(catches && handler_calls && uses_strings);
  CHECK_EQ(uses_strings(), 40000);
  CHECK_EQ(catches(), 1);
  CHECK_EQ(handler_calls(), 1);
  CHECK_EQ(catches(), 1);
  return 0;
}
