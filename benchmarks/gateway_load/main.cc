// gateway_load: load for a gateway under one allocator after the other.
#include <signal.h>

#include "commands.h"

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  const gateway_load::Options options = gateway_load::ParseOptions(argc, argv);
  return options.mode == gateway_load::Options::Mode::kSweep ? gateway_load::Sweep(options)
                                                             : gateway_load::Compare(options);
}
