// The plugin of new_in_plugin: throws and catches on its own, with a libstdc++ that only it has loaded.
#include <new>
#include <string>

#include "preload_check.h"

namespace {
int handler_calls;

void Handler() {
  ++handler_calls;
  std::set_new_handler(nullptr);
}
}  // namespace

extern "C" int PluginCatchesBadAlloc() {
  try {
    Escape(::operator new(Opaque(SIZE_MAX / 2)));
  } catch (const std::bad_alloc&) {
    return 1;
  }
  return 0;
}

extern "C" int PluginHandlerCalls() {
  std::set_new_handler(Handler);
  if (::operator new(Opaque(SIZE_MAX / 2), std::nothrow)) return -1;
  return handler_calls;
}

extern "C" size_t PluginUsesStrings() {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "text";
  return text.size();
}
