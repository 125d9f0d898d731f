// Advice as files that deploy.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "governor/cli/advice/render.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

// Above systemd's MemoryHigh the kernel slows a service down, at MemoryMax it kills; memgov takes the lower
// of them for its limit.
constexpr uint64_t kHighPercent = 97;

constexpr char kReplaces[] =
    "An LD_PRELOAD that is there already is replaced by this one: append it after a colon.";

constexpr char kCompose[] = R"TEXT(services:
  @NAME@:
    environment:
      LD_PRELOAD: "/opt/memgov/libmemgov.so"
      MEMGOV_BUDGET: "auto"  # @BUDGET@M, 95 % of the limit
      MEMGOV_BUDGET_SOFT: "@SOFT_PERCENT@%"  # @SOFT@M, of the budget
    volumes:
      - type: bind
        source: @LIBRARY_QUOTED@
        target: "/opt/memgov/libmemgov.so"
        read_only: true
    deploy:
      resources:
        limits:
          memory: @LIMIT@M
        reservations:
          memory: @REQUEST@M  # peak + @REQUEST_PERCENT@ %
)TEXT";

constexpr char kKubernetes[] = R"TEXT(apiVersion: apps/v1
kind: Deployment
metadata:
  name: @NAME@
spec:
  template:
    spec:
      containers:
        - name: @NAME@
          resources:
            requests:
              memory: @REQUEST@Mi  # peak + @REQUEST_PERCENT@ %
            limits:
              memory: @LIMIT@Mi
          env:
            - name: LD_PRELOAD
              value: "/opt/memgov/libmemgov.so"
            - name: MEMGOV_BUDGET
              value: "auto"  # @BUDGET@Mi, 95 % of the limit
            - name: MEMGOV_BUDGET_SOFT
              value: "@SOFT_PERCENT@%"  # @SOFT@Mi, of the budget
)TEXT";

// systemd expands % in Environment=; %% is one of it.
constexpr char kSystemd[] = R"TEXT([Service]
Environment=LD_PRELOAD=@LIBRARY@
# @BUDGET@M, 95 % of MemoryHigh
Environment=MEMGOV_BUDGET=auto
# @SOFT@M, of the budget
Environment=MEMGOV_BUDGET_SOFT=@SOFT_PERCENT@%%
# Above it the kernel slows the service down: the last warning before MemoryMax
MemoryHigh=@HIGH@M
MemoryMax=@LIMIT@M
)TEXT";

std::string Comment(const std::string& text) { return Wrapped(Printable(text), "# ", "#   "); }

std::string MiB(uint64_t bytes) { return absl::StrCat(bytes >> 20); }

// `unit`: as the file's own figures have it.
std::string Head(const Advice& advice, const std::string& what, const char* unit) {
  const Sizing& sizing = advice.sizing;
  std::string out = Comment(what);
  out += Comment(absl::StrCat("From ", SourceOf(advice), "."));
  out += Comment(absl::StrCat("Peak: ", MiB(sizing.peak), unit, " (", sizing.peak_of, ")."));
  out += Comment(absl::StrCat("Limit: peak + ", sizing.headroom_percent, " %, ", sizing.headroom_why, "."));
  for (const std::string& doubt : advice.doubts) out += Comment("Warning: " + doubt);
  return out + Comment(kReplaces);
}

// `limit`: what the kernel counts for the budget.
std::string Fill(const char* text, const Advice& advice, uint64_t limit) {
  const Sizing& sizing = advice.sizing;
  const uint64_t budget = limit / 100 * 95;
  const int soft_percent = SoftPercent(sizing.peak, budget);
  return absl::StrReplaceAll(text, {{"@NAME@", ServiceName(advice.seen.command)},
                                    {"@LIBRARY@", advice.object},
                                    {"@LIBRARY_QUOTED@", YamlString(advice.object)},
                                    {"@REQUEST@", MiB(sizing.request)},
                                    {"@REQUEST_PERCENT@", absl::StrCat(sizing.request_percent)},
                                    {"@LIMIT@", MiB(sizing.limit)},
                                    {"@HIGH@", MiB(limit)},
                                    {"@BUDGET@", MiB(budget)},
                                    {"@SOFT@", MiB(budget / 100 * static_cast<uint64_t>(soft_percent))},
                                    {"@SOFT_PERCENT@", absl::StrCat(soft_percent)}});
}

std::string WhereTheObjectIs(const Advice& advice) {
  return advice.object_found ? "" : Comment("The object was not found on this machine: correct its path.");
}

}  // namespace

std::string AdviceCompose(const Advice& advice) {
  std::string out = Head(advice, "For `docker compose -f compose.yaml -f <this file> up -d`.", "M");
  out += Comment("M is 1024-based here. `memgov snippet compose` says how to verify and how to go back.");
  return out + WhereTheObjectIs(advice) + Fill(kCompose, advice, advice.sizing.limit);
}

std::string AdviceKubernetes(const Advice& advice) {
  std::string out = Head(
      advice, "For `kubectl patch deployment <name> --patch-file <this file>`; names as yours are.", "Mi");
  out += Comment(
      "Mi is 1024-based. `memgov snippet k8s` brings the object into the container, and says how to "
      "verify and how to go back.");
  return out + Fill(kKubernetes, advice, advice.sizing.limit);
}

std::string AdviceSystemd(const Advice& advice) {
  std::string out = Head(advice,
                         "A drop-in: /etc/systemd/system/<name>.service.d/memgov.conf. Then `systemctl "
                         "daemon-reload` and restart.",
                         "M");
  out += Comment("M is 1024-based. `memgov snippet systemd` says how to verify and how to go back.");
  const uint64_t high = std::max<uint64_t>(advice.sizing.limit / 100 * kHighPercent, 1 << 20);
  return out + WhereTheObjectIs(advice) + Fill(kSystemd, advice, high);
}

}  // namespace memgov::cli
