// A folder of a test's own, with files in it.
#ifndef MEMGOV_TESTS_UNIT_CLI_LAUNCH_SCRATCH_H_
#define MEMGOV_TESTS_UNIT_CLI_LAUNCH_SCRATCH_H_

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace memgov::cli {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "memgov-launch-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }

  // The path of the file, whose folders are made.
  std::string Write(const std::string& name, const std::string& content, mode_t mode = 0644) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    chmod(file.c_str(), mode);
    return file.string();
  }

 private:
  std::string path_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_TESTS_UNIT_CLI_LAUNCH_SCRATCH_H_
