#include "governor/cli/launch/start.h"

#include <unistd.h>

namespace memgov::cli {
namespace {

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

void Execute(const std::string& path, const std::vector<std::string>& arguments,
             const std::vector<std::string>& environment) {
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> environment_pointers = Pointers(environment);
  execve(path.c_str(), argument_pointers.data(), environment_pointers.data());
}

}  // namespace memgov::cli
