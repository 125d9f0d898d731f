#include "governor/cli/launch/settings.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "governor/base/message.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/target/library.h"
#include "governor/config/options.h"

namespace memgov::cli {
namespace {

constexpr const char* kPreload = "LD_PRELOAD";
// Variables of the tool, unknown to the object.
constexpr const char* kOwnVariables[] = {"MEMGOV_LIBRARY_DIR"};

absl::Status CheckOption(const char* argument, Option option, const std::optional<std::string>& value) {
  // options::Set keeps the pointer; the tool never reads it again.
  if (!value.has_value() || options::Set(option, value->c_str())) return absl::OkStatus();
  TextBuffer<256> allowed;
  options::DescribeAllowed(options::Spec(option), allowed);
  return absl::InvalidArgumentError(absl::StrCat(argument, " ", Printable(*value), ": allowed is ",
                                                 std::string(allowed.data(), allowed.size())));
}

std::string EntryOf(const std::string& name, const std::string& value) {
  return absl::StrCat(name, "=", value);
}

void Unset(Environment& environment, const std::string& name) {
  std::erase_if(environment, [&](const std::string& entry) { return absl::StartsWith(entry, name + "="); });
}

void Set(Environment& environment, const std::string& name, const std::string& value) {
  Unset(environment, name);
  environment.push_back(EntryOf(name, value));
}

// Blanks and colons separate entries (ld.so(8)).
std::vector<std::string> SplitPreload(const std::string& list) {
  std::vector<std::string> entries;
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find_first_of(" :", begin), list.size());
    if (end > begin) entries.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return entries;
}

bool IsMemgov(const std::string& entry) {
  return absl::StartsWith(entry.substr(entry.rfind('/') + 1), "libmemgov");
}

bool IsSameFile(const std::string& one, const std::string& other) {
  std::error_code error;
  return one == other || std::filesystem::equivalent(one, other, error);
}

void UnsetOwnVariables(Environment& environment) {
  for (const char* name : kOwnVariables) Unset(environment, name);
}

}  // namespace

absl::Status CheckSettings(const Settings& settings) {
  if (absl::Status status = CheckOption("--engine", Option::kEngine, settings.engine); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckOption("--budget", Option::kBudget, settings.budget); !status.ok()) {
    return status;
  }
  return CheckOption("--pools", Option::kPools, settings.pools);
}

absl::StatusOr<std::string> FindObject(const Settings& settings) {
  if (settings.engine.has_value()) return FindLibrary(*settings.engine);
  const std::string wished = ValueOf(OwnEnvironment(), "MEMGOV_ENGINE");
  // A bad one: the object says so itself.
  return FindLibrary(LibraryFileName(wished).ok() ? wished : "");
}

Environment OwnEnvironment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) environment.push_back(*entry);
  return environment;
}

std::string ValueOf(const Environment& environment, const std::string& name) {
  for (const std::string& entry : environment) {
    if (absl::StartsWith(entry, name + "=")) return entry.substr(name.size() + 1);
  }
  return "";
}

Environment WithMemgov(const Environment& environment, const std::string& library, const Settings& settings) {
  Environment result = environment;
  UnsetOwnVariables(result);
  std::vector<std::string> preload = SplitPreload(ValueOf(environment, kPreload));
  std::erase_if(preload, [&](const std::string& entry) { return IsSameFile(entry, library); });
  preload.insert(preload.begin(), library);
  Set(result, kPreload, absl::StrJoin(preload, ":"));
  if (settings.engine.has_value()) Set(result, "MEMGOV_ENGINE", *settings.engine);
  if (settings.budget.has_value()) Set(result, "MEMGOV_BUDGET", *settings.budget);
  if (settings.pools.has_value()) Set(result, "MEMGOV_POOLS", *settings.pools);
  if (settings.summary) Set(result, "MEMGOV_SUMMARY", "1");
  return result;
}

Environment WithoutMemgov(const Environment& environment) {
  Environment result = environment;
  UnsetOwnVariables(result);
  std::vector<std::string> preload = SplitPreload(ValueOf(environment, kPreload));
  std::erase_if(preload, IsMemgov);
  Unset(result, kPreload);
  if (!preload.empty()) Set(result, kPreload, absl::StrJoin(preload, ":"));
  return result;
}

}  // namespace memgov::cli
