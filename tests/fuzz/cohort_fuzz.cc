// Any bytes as the whole of a cohort's file, and as what /proc/<pid>/stat says: whoever is joined must
// neither crash nor loop, and no figure may pass its bound.
#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "governor/base/os.h"
#include "governor/cohort/cohort.h"
#include "governor/cohort/process_identity.h"
#include "governor/cohort/segment.h"

namespace {

using memgov::cohort::Segment;

constexpr uint64_t kIdentity = 1;
constexpr uint64_t kMostOfAll = memgov::cohort::kSlots * memgov::cohort::kMostBytes;

void Require(bool condition) {
  if (!condition) abort();
}

class Folder {
 public:
  Folder() {
    char path[] = "/tmp/memgov-fuzz-XXXXXX";
    Require(mkdtemp(path) != nullptr);
    path_ = path;
  }
  ~Folder() {
    memgov::cohort::Leave();
    unlink(FindFile().c_str());
    rmdir(path_.c_str());
  }
  const char* path() const { return path_.c_str(); }
  std::string FindFile() const {
    std::string found;
    DIR* directory = opendir(path_.c_str());
    for (const dirent* entry = nullptr; (entry = readdir(directory)) != nullptr;) {
      if (entry->d_name[0] != '.') found = path_ + "/" + entry->d_name;
    }
    closedir(directory);
    return found;
  }

 private:
  std::string path_;
};

Segment* MapFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CLOEXEC);
  void* memory = mmap(nullptr, sizeof(Segment), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  close(descriptor);
  Require(memory != MAP_FAILED);
  return static_cast<Segment*>(memory);
}

void UseCohort(uint64_t now_ns) {
  const memgov::CohortMember me{1, 2, 3};
  memgov::cohort::Reserve(now_ns);
  const memgov::CohortView view = memgov::cohort::View(now_ns);
  Require(view.members <= memgov::cohort::kSlots && view.others_reserved <= kMostOfAll);
  Require(view.others_demand <= kMostOfAll && view.others_anonymous <= kMostOfAll);
  Require(view.most_releasable <= memgov::cohort::kMostBytes);
  Require(memgov::cohort::ReservedByOthers() <= kMostOfAll);
  Require(memgov::ShareOfHeadroom(now_ns, me, view) <= now_ns);
  memgov::IsTurnToRelease(me, view, false);
  memgov::cohort::Publish(me, now_ns);
  memgov::cohort::Unreserve(now_ns);
  Require(memgov::cohort::Reserved() <= 2 * memgov::cohort::kMostBytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Folder folder;
  static const bool joined = memgov::cohort::Join(folder.path(), kIdentity);
  static Segment* const segment = MapFile(folder.FindFile());
  Require(joined);
  const size_t used = size < sizeof(Segment) ? size : sizeof(Segment);
  if (used != 0) memcpy(static_cast<void*>(segment), data, used);
  uint64_t now_ns = 0;
  if (size >= sizeof now_ns) memcpy(&now_ns, data + size - sizeof now_ns, sizeof now_ns);
  UseCohort(now_ns);
  memgov::ProcessStat stat;
  memgov::ParseProcessStat(std::string(reinterpret_cast<const char*>(data), size).c_str(), &stat);
  return 0;
}
