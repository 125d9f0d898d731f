// Loads a plugin with RTLD_DEEPBIND, which binds the plugin's malloc to libc's, and moves blocks both ways.
#include <dlfcn.h>
#include <stdlib.h>

#include "preload_check.h"

namespace {
template <typename Function>
Function* Find(void* plugin, const char* name) {
  void* at = dlsym(plugin, name);
  CHECK(at != nullptr);
  return reinterpret_cast<Function*>(at);
}

void MoveBlocks(void* plugin) {
  const auto allocates = Find<void*(size_t)>(plugin, "PluginAllocates");
  const auto frees = Find<void(void*)>(plugin, "PluginFrees");
  const auto resizes = Find<void*(void*, size_t)>(plugin, "PluginResizes");
  const auto duplicates = Find<char*(const char*)>(plugin, "PluginDuplicates");
  for (size_t size = 1; size < 3000000; size = size * 3 + 5) {
    free(allocates(size));
    frees(malloc(size));
    free(resizes(malloc(size), size * 2));
    frees(realloc(allocates(size), size * 2));
  }
  for (int i = 0; i < 100; ++i) free(duplicates("text of the plugin"));
}
}  // namespace

int main(int count, char** arguments) {
  CHECK_EQ(count, 2);
  for (int i = 0; i < 3; ++i) {
    void* plugin = dlopen(arguments[1], RTLD_NOW | RTLD_DEEPBIND);
    CHECK(plugin != nullptr);
    MoveBlocks(plugin);
    CHECK_EQ(dlclose(plugin), 0);
  }
}
