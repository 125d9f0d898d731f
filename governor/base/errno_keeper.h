// Leaves errno as it was found.
#ifndef MEMGOV_GOVERNOR_BASE_ERRNO_KEEPER_H_
#define MEMGOV_GOVERNOR_BASE_ERRNO_KEEPER_H_

#include <errno.h>

namespace memgov {

class ErrnoKeeper {
 public:
  ErrnoKeeper() : saved_(errno) {}
  ~ErrnoKeeper() { errno = saved_; }
  ErrnoKeeper(const ErrnoKeeper&) = delete;
  ErrnoKeeper& operator=(const ErrnoKeeper&) = delete;

 private:
  const int saved_;
};

}  // namespace memgov

#endif  // MEMGOV_GOVERNOR_BASE_ERRNO_KEEPER_H_
