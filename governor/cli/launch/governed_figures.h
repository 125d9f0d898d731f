// What the object itself says about the processes of a run.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_GOVERNED_FIGURES_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_GOVERNED_FIGURES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace memgov::cli {

class GovernedFigures {
 public:
  // `library` "": there is nothing to look for.
  explicit GovernedFigures(std::string library) : library_(std::move(library)) {}

  // Reads the stats segments of those that have one, and looks for the object in one of them.
  void Look(const std::set<int>& processes);

  bool governed() const { return governed_; }
  // Was a process seen that had finished loading, and has not got it?
  bool ran_without() const { return ran_without_; }
  // Summed over all that ever had a governor; nullopt: none.
  std::optional<uint64_t> refused_allocations() const;

 private:
  const std::string library_;
  bool governed_ = false;
  bool ran_without_ = false;
  std::map<int, uint64_t> refused_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_GOVERNED_FIGURES_H_
