// cpp_service: one argument, the port on 127.0.0.1 (0 or none: a free one, printed on stdout). SIGTERM ends
// it.
#include <signal.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <thread>

#include "word_service.h"

namespace {

// Blocked before any thread exists, so that every thread inherits the mask and one alone takes them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// -1 for what is no port.
int PortOf(const char* text) {
  int port = -1;
  const char* end = text + std::strlen(text);
  const auto [at, error] = std::from_chars(text, end, port);
  return error == std::errc() && at == end && port >= 0 && port <= 65535 ? port : -1;
}

}  // namespace

int main(int count, char** arguments) {
  const int asked = count > 1 ? PortOf(arguments[1]) : 0;
  if (asked < 0 || count > 2) {
    std::fprintf(stderr, "cpp_service: '%s': allowed is one port, 0 to 65535\n", arguments[count - 1]);
    return 2;
  }
  const sigset_t signals = BlockStopSignals();
  cpp_service::WordService service;
  const int port = service.Bind("127.0.0.1", asked);
  if (port < 0) {
    std::fprintf(stderr, "cpp_service: port %d of 127.0.0.1 is taken or not allowed\n", asked);
    return 1;
  }
  std::printf("listening on 127.0.0.1:%d, memgov %.*s\n", port, static_cast<int>(memgov::Version().size()),
              memgov::Version().data());
  std::fflush(stdout);
  std::thread server([&service] { service.Serve(); });
  int signal = 0;
  sigwait(&signals, &signal);
  service.Stop();
  server.join();
}
