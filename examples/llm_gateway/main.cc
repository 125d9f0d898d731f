// llm_gateway: flags, signals, one Gateway.
#include <signal.h>

#include <cstdio>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "gateway.h"

ABSL_FLAG(int, port, 0, "Port on 127.0.0.1; 0 takes a free one, printed on stdout");
ABSL_FLAG(int, threads, 148, "Worker threads that parse and wait for upstream");
ABSL_FLAG(int, connections, 128, "HTTP threads: connections served at once");
ABSL_FLAG(int, upstream_ms, 60, "Mean latency of the fake upstream, in milliseconds");
ABSL_FLAG(int, jitter_ms, 30, "A call takes upstream_ms plus or minus this, evenly distributed");
ABSL_FLAG(int, pieces, 16, "Pieces that an answer is streamed in");
ABSL_FLAG(int, cache_mb, 8, "Bound of the session cache, in MiB");
ABSL_FLAG(int, body_limit_kb, 4096, "Larger bodies are refused with status 413, in KiB");
ABSL_FLAG(bool, admission, true, "Ask memgov before a body is read; without memgov everything is admitted");
ABSL_FLAG(int, admission_queue, 512, "Requests that may wait for memory; further ones get status 503 at once");
ABSL_FLAG(int, admission_wait_ms, 2000, "How long one waits for memory before it gets status 503");

namespace {

// Blocked before any thread exists, so that every thread inherits the mask and main alone takes them.
sigset_t BlockStopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

const char* WrongFlag() {
  if (absl::GetFlag(FLAGS_port) < 0 || absl::GetFlag(FLAGS_port) > 65535) return "port: 0 to 65535";
  if (absl::GetFlag(FLAGS_threads) < 1) return "threads: at least 1";
  if (absl::GetFlag(FLAGS_connections) < 1) return "connections: at least 1";
  if (absl::GetFlag(FLAGS_pieces) < 1) return "pieces: at least 1";
  if (absl::GetFlag(FLAGS_upstream_ms) < 0) return "upstream_ms: at least 0";
  if (absl::GetFlag(FLAGS_jitter_ms) < 0) return "jitter_ms: at least 0";
  if (absl::GetFlag(FLAGS_cache_mb) < 0) return "cache_mb: at least 0";
  if (absl::GetFlag(FLAGS_body_limit_kb) < 1) return "body_limit_kb: at least 1";
  if (absl::GetFlag(FLAGS_admission_queue) < 0) return "admission_queue: at least 0";
  if (absl::GetFlag(FLAGS_admission_wait_ms) < 0) return "admission_wait_ms: at least 0";
  return nullptr;
}

llm_gateway::GatewayOptions OptionsFromFlags() {
  return {.port = absl::GetFlag(FLAGS_port),
          .connections = absl::GetFlag(FLAGS_connections),
          .threads = absl::GetFlag(FLAGS_threads),
          .cache_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_cache_mb)) << 20,
          .body_limit_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_body_limit_kb)) << 10,
          .latency = {.mean = absl::Milliseconds(absl::GetFlag(FLAGS_upstream_ms)),
                      .jitter = absl::Milliseconds(absl::GetFlag(FLAGS_jitter_ms))},
          .pieces = absl::GetFlag(FLAGS_pieces),
          .admission = {.ask = absl::GetFlag(FLAGS_admission),
                        .most_waiting = absl::GetFlag(FLAGS_admission_queue),
                        .longest_wait = absl::Milliseconds(absl::GetFlag(FLAGS_admission_wait_ms))}};
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "an LLM-style gateway on 127.0.0.1: POST /v1/chat/completions, GET /healthz, /stats");
  absl::ParseCommandLine(argc, argv);
  if (const char* wrong = WrongFlag()) {
    std::fprintf(stderr, "llm_gateway: --%s\n", wrong);
    return 2;
  }
  const sigset_t stop_signals = BlockStopSignals();
  llm_gateway::Gateway gateway(OptionsFromFlags());
  const absl::StatusOr<int> port = gateway.Start();
  if (!port.ok()) {
    std::fprintf(stderr, "llm_gateway: %s\n", std::string(port.status().message()).c_str());
    return 1;
  }
  std::printf("listening on 127.0.0.1:%d\n", *port);
  std::fflush(stdout);
  int signal = 0;
  sigwait(&stop_signals, &signal);
  gateway.Stop();
  return 0;
}
