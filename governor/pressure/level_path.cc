#include "governor/pressure/level_path.h"

#include "governor/base/proc_self.h"
#include "governor/base/text.h"

namespace memgov {

LevelPath::LevelPath(const char* directory, size_t top_bytes)
    : directory_(directory), top_bytes_(top_bytes), bytes_(TextLength(directory)) {
  if (bytes_ >= kCgroupPathBytes) bytes_ = kCgroupPathBytes - 1;  // and no such file
}

const char* LevelPath::File(const char* name) {
  CopyText(text_, sizeof text_, directory_, directory_ + bytes_);
  text_[bytes_] = '/';
  CopyText(text_ + bytes_ + 1, sizeof text_ - bytes_ - 1, name, name + TextLength(name));
  return text_;
}

uint64_t LevelPath::Number(const char* name) {
  char text[32];
  uint64_t value = kNoLimit;
  if (ReadSmallFile(File(name), text, sizeof text) <= 0 || !ParseCgroupNumber(text, &value)) return kNoLimit;
  return value;
}

bool LevelPath::Up() {
  size_t bytes = bytes_;
  while (bytes > top_bytes_ && directory_[bytes - 1] != '/') --bytes;
  if (bytes <= top_bytes_ || levels_ == kMostCgroupLevels) return false;
  bytes_ = bytes - 1;
  ++levels_;
  return true;
}

}  // namespace memgov
