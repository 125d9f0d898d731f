// The last of what a command says, without letting it wait or fill a disk.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_OUTPUT_TAIL_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_OUTPUT_TAIL_H_

#include <string>
#include <vector>

namespace memgov::cli {

class OutputTail {
 public:
  OutputTail();
  ~OutputTail();
  OutputTail(const OutputTail&) = delete;
  OutputTail& operator=(const OutputTail&) = delete;

  int for_command() const { return ends_[1]; }  // -1 where there is no pipe to be had
  int descriptor() const { return ends_[0]; }   // readable: Take
  void CommandHasIt();                          // closes this process' copy of the command's end
  void Take();                                  // reads what there is; never waits

  // At most so many, without line ends.
  std::vector<std::string> LastLines(size_t most) const;

 private:
  int ends_[2] = {-1, -1};
  std::string text_;
};

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_OUTPUT_TAIL_H_
