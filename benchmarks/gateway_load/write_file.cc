#include <cstdio>
#include <fstream>

#include "commands.h"

namespace gateway_load {

bool WriteFile(const std::filesystem::path& path, const std::string& content) {
  if (path.empty()) return true;
  std::ofstream file(path, std::ios::trunc);
  file << content;
  file.close();
  if (file) {
    std::fprintf(stderr, "written: %s\n", path.c_str());
    return true;
  }
  std::fprintf(stderr, "gateway_load: cannot write %s\n", path.c_str());
  return false;
}

}  // namespace gateway_load
