// Progress: what is going on, on stderr: one line that renews itself on a terminal, a line now and then
// elsewhere.
//
// Safety: one thread.
#ifndef BENCHMARKS_GATEWAY_LOAD_PROGRESS_H_
#define BENCHMARKS_GATEWAY_LOAD_PROGRESS_H_

#include <string>

namespace gateway_load {

class Progress {
 public:
  Progress();

  // A passing state; replaced by the next one.
  void Show(const std::string& text);
  // A line that stays.
  void Say(const std::string& text);

 private:
  const bool terminal_;
  double next_line_ = 0;
};

}  // namespace gateway_load

#endif  // BENCHMARKS_GATEWAY_LOAD_PROGRESS_H_
