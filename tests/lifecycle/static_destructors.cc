// Static destructors, atexit handlers and destructors of functions allocate and free after main.
#include <stdlib.h>

#include <map>
#include <string>

#include "preload_check.h"

namespace {
std::map<int, std::string>* late_map;

struct Cache {
  std::map<int, std::string> entries;
  ~Cache() {
    for (int i = 0; i < 1000; ++i) entries[i] += "more text than fits into a small string";
    entries.clear();
  }
};
Cache cache;

void AtExit() {
  late_map = new std::map<int, std::string>;
  for (int i = 0; i < 1000; ++i) (*late_map)[i] = std::string(200, 'x');
}

__attribute__((destructor)) void Last() {
  CHECK(late_map && late_map->size() == 1000);
  delete late_map;
}
}  // namespace

int main() {
  CHECK_EQ(atexit(AtExit), 0);
  for (int i = 0; i < 1000; ++i) cache.entries[i] = "text that was made while main ran, not a small string";
}
