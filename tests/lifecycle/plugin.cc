// A plugin that allocates for its host, frees what the host gives it, and leaves thread-local and atfork
// state.
#include <pthread.h>
#include <stdlib.h>

#include <string>
#include <vector>

#include "preload_check.h"

namespace {
struct Scratch {
  std::vector<std::string> lines;
  ~Scratch() { lines.emplace_back("a last line, longer than a small string can hold"); }
};
thread_local Scratch scratch;

void AroundFork() { free(malloc(300)); }

__attribute__((constructor)) void Loaded() { pthread_atfork(AroundFork, AroundFork, AroundFork); }
}  // namespace

extern "C" void* PluginAllocates(size_t size) {
  scratch.lines.assign(10, std::string(200, 'x'));
  char* block = static_cast<char*>(malloc(size));
  if (block) memset(block, 'p', size);
  return block;
}

extern "C" void PluginFrees(void* block) { free(block); }

extern "C" void* PluginResizes(void* block, size_t size) { return realloc(block, size); }

extern "C" char* PluginDuplicates(const char* text) { return strdup(text); }
