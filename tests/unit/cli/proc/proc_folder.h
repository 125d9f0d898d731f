// A folder that stands for /proc, or for "/".
#ifndef MEMGOV_TESTS_UNIT_CLI_PROC_PROC_FOLDER_H_
#define MEMGOV_TESTS_UNIT_CLI_PROC_PROC_FOLDER_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace memgov::cli {

class ProcFolder {
 public:
  ProcFolder() : root_(testing::TempDir() + "memgov_proc_XXXXXX") {
    if (mkdtemp(root_.data()) == nullptr) abort();
  }
  ~ProcFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  ProcFolder(const ProcFolder&) = delete;
  ProcFolder& operator=(const ProcFolder&) = delete;

  const std::string& root() const { return root_; }
  void Write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = root_ + "/" + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    EXPECT_TRUE(std::filesystem::exists(file)) << file;
  }

 private:
  std::string root_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_TESTS_UNIT_CLI_PROC_PROC_FOLDER_H_
