#include "governor/cli/launch/mapped_object.h"

#include <stdlib.h>

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "governor/cli/proc/read_file.h"

namespace memgov::cli {
namespace {

// /proc names the file itself, not the link that was opened.
std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&free)> real(realpath(path.c_str(), nullptr), &free);
  return real != nullptr ? real.get() : path;
}

// "libc.so.6"; before glibc 2.34 also "libc-2.31.so".
bool IsCLibrary(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name == "libc.so.6" || (name.starts_with("libc-2.") && name.ends_with(".so"));
}

}  // namespace

Mapped LookForObject(int pid, const std::string& library, const std::string& proc_root) {
  const std::string real = RealPath(library);
  bool found = false;
  bool c_library = false;
  const absl::Status status = ForEachLineOf(proc_root, pid, "maps", [&](std::string_view line) {
    const size_t slash = line.find('/');
    if (slash == std::string_view::npos) return true;
    const std::string_view path = line.substr(slash);
    found = path == real;
    c_library = c_library || IsCLibrary(path);
    return !found;
  });
  if (found) return Mapped::kYes;
  if (absl::IsNotFound(status)) return Mapped::kGone;
  if (!status.ok()) return Mapped::kUnreadable;
  return c_library ? Mapped::kNo : Mapped::kNotYet;
}

}  // namespace memgov::cli
