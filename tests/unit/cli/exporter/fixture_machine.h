// A machine of files: proc/ and sys/ of processes in cgroup v2, in a folder of its own.
#ifndef MEMGOV_TESTS_UNIT_CLI_EXPORTER_FIXTURE_MACHINE_H_
#define MEMGOV_TESTS_UNIT_CLI_EXPORTER_FIXTURE_MACHINE_H_

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace memgov::cli {

class FixtureMachine {
 public:
  FixtureMachine() {
    std::string name = (std::filesystem::temp_directory_path() / "memgov-exporter-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    root_ = name;
    Write("proc/self/mountinfo", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  }
  ~FixtureMachine() { std::filesystem::remove_all(root_); }
  FixtureMachine(const FixtureMachine&) = delete;
  FixtureMachine& operator=(const FixtureMachine&) = delete;

  const std::string& root() const { return root_; }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path whole = std::filesystem::path(root_) / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }

  void Remove(const std::string& path) { std::filesystem::remove_all(std::filesystem::path(root_) / path); }

  // In /sys/fs/cgroup/pod; 11 minor and 2 major faults, 100 pages of RSS, 3 threads.
  void AddProcess(int pid) {
    const std::string folder = "proc/" + std::to_string(pid) + "/";
    Write(folder + "stat",
          std::to_string(pid) + " (gateway) S 1 1 1 0 -1 0 11 0 2 0 1 1 0 0 20 0 3 0 5000 0 0 0 0 0\n");
    Write(folder + "statm", "1000 100 20 0 0 0 0\n");
    Write(folder + "status",
          "Name:\tgateway\nUid:\t0\t0\t0\t0\nVmHWM:\t500 kB\nRssAnon:\t320 kB\nRssFile:\t70 kB\n"
          "RssShmem:\t10 kB\nVmSwap:\t12 kB\n");
    Write(folder + "smaps_rollup", "0-1 ---p 0 0:0 0 [rollup]\nRss:\t400 kB\nPss:\t350 kB\n");
    Write(folder + "cgroup", "0::/pod\n");
  }

  void AddCgroup() {
    const std::string folder = "sys/fs/cgroup/pod/";
    Write(folder + "memory.current", "1048576\n");
    Write(folder + "memory.max", "4194304\n");
    Write(folder + "memory.stat", "anon 500000\nfile 300000\nkernel 20000\ninactive_file 48576\n");
    Write(folder + "memory.events", "low 0\nhigh 0\nmax 6\noom 1\noom_kill 1\n");
    Write(folder + "memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\n");
  }

 private:
  std::string root_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_TESTS_UNIT_CLI_EXPORTER_FIXTURE_MACHINE_H_
