// For what cannot happen: stop with one sentence.
#ifndef MEMGOV_GOVERNOR_BASE_CHECK_H_
#define MEMGOV_GOVERNOR_BASE_CHECK_H_

namespace memgov {

// Writes "memgov: internal error: <sentence>" and aborts.
[[noreturn]] void Fail(const char* sentence);

}  // namespace memgov

#define MEMGOV_CHECK(condition, sentence)       \
  do {                                          \
    if (!(condition)) ::memgov::Fail(sentence); \
  } while (false)

#endif  // MEMGOV_GOVERNOR_BASE_CHECK_H_
