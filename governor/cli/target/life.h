// Is the process that wrote a segment still there, and is it still the one?
#ifndef MEMGOV_GOVERNOR_CLI_TARGET_LIFE_H_
#define MEMGOV_GOVERNOR_CLI_TARGET_LIFE_H_

#include "governor/cli/target/segment.h"

namespace memgov::cli {

enum class Life {
  kGoverned,
  kOther,  // the process lives but replaced its program by exec, or its id means nothing here (another pid
           // namespace)
  kGone,   // it ended; its id may be another's by now
};

// `pid` is the file's name. Two small files of /proc, 20 us.
Life LifeOf(int pid, const Reading& reading);

// Is one of memgov's objects in its memory map?
enum class Loaded { kYes, kNo, kUnknown };
Loaded FindOutLoaded(int pid);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_TARGET_LIFE_H_
