// The levels of a cgroup's path, from the process's own directory up to the mount point, and their files.
//
// Safety: one thread; a value of 0.6 KiB that refers to the directory's text; no allocation.
#ifndef MEMGOV_GOVERNOR_PRESSURE_LEVEL_PATH_H_
#define MEMGOV_GOVERNOR_PRESSURE_LEVEL_PATH_H_

#include <stddef.h>
#include <stdint.h>

#include "governor/pressure/cgroup.h"

namespace memgov {

class LevelPath {
 public:
  // `top_bytes` of `directory` are the mount point.
  LevelPath(const char* directory, size_t top_bytes);

  // The path of this level's file of that name; valid until the next call.
  const char* File(const char* name);
  // The number in that file: kNoLimit where it says so, or is absent, or holds no number.
  uint64_t Number(const char* name);

  // On to the parent. False at the mount point, and at the last of kMostCgroupLevels.
  bool Up();

  // A level by the length of its directory, to come back to it.
  size_t bytes() const { return bytes_; }
  void Go(size_t bytes) { bytes_ = bytes; }

 private:
  static constexpr size_t kLongestName = 40;

  const char* const directory_;
  const size_t top_bytes_;
  size_t bytes_;
  int levels_ = 1;
  char text_[kCgroupPathBytes + kLongestName];
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_PRESSURE_LEVEL_PATH_H_
