// A process to look at: threads named "io-<n>" and "parse-<n>" that hold memory as they are told. Words on
// standard input, one line each, answered by "done": "hold io 64" (MiB, in blocks of 64 KiB that are written
// to, held by the first io thread), "free io", "fragment io 64" (blocks of 1 KiB, of which every 16th is
// kept), "quit". At the end of standard input it ends.
#include <pthread.h>
#include <string.h>

#include <condition_variable>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kThreadsOfAPool = 4;

class Worker {
 public:
  explicit Worker(const std::string& name) : thread_([this, name] { Run(name); }) {}
  ~Worker() {
    Do(nullptr);
    thread_.join();
  }

  // Waits until it is done; nullptr ends the thread.
  void Do(const std::function<void(std::vector<std::unique_ptr<char[]>>&)>& work) {
    std::unique_lock lock(mutex_);
    work_ = work;
    pending_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !pending_; });
  }

 private:
  void Run(const std::string& name) {
    pthread_setname_np(pthread_self(), name.c_str());
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return pending_; });
      if (work_) work_(held_);
      pending_ = false;
      changed_.notify_all();
      if (!work_) return;
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void(std::vector<std::unique_ptr<char[]>>&)> work_;
  bool pending_ = false;
  std::vector<std::unique_ptr<char[]>> held_;
  std::thread thread_;
};

using Blocks = std::vector<std::unique_ptr<char[]>>;

void Add(Blocks& held, size_t bytes, size_t block) {
  for (size_t done = 0; done < bytes; done += block) {
    held.push_back(std::make_unique<char[]>(block));
    memset(held.back().get(), 1, block);
  }
}

void Fragment(Blocks& held, size_t bytes) {
  Blocks all;
  Add(all, bytes, 1024);
  for (size_t index = 0; index < all.size(); index += 16) held.push_back(std::move(all[index]));
}

}  // namespace

int main() {
  std::vector<std::unique_ptr<Worker>> io;
  std::vector<std::unique_ptr<Worker>> parse;
  for (int index = 0; index < kThreadsOfAPool; ++index) {
    io.push_back(std::make_unique<Worker>("io-" + std::to_string(index)));
    parse.push_back(std::make_unique<Worker>("parse-" + std::to_string(index)));
  }
  std::cout << "ready" << std::endl;
  std::string line;
  while (std::getline(std::cin, line) && line != "quit") {
    std::istringstream words(line);
    std::string verb;
    std::string pool;
    size_t mib = 0;
    words >> verb >> pool >> mib;
    Worker& worker = pool == "io" ? *io.front() : *parse.front();
    if (verb == "hold") worker.Do([mib](Blocks& held) { Add(held, mib << 20, 64 << 10); });
    if (verb == "fragment") worker.Do([mib](Blocks& held) { Fragment(held, mib << 20); });
    if (verb == "free") worker.Do([](Blocks& held) { held.clear(); });
    std::cout << "done" << std::endl;
  }
  return 0;
}
