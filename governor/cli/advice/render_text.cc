#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "governor/cli/advice/render.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli {
namespace {

void AddLine(const std::string& name, const std::string& value, const std::string& why, std::string& out) {
  const std::string head = absl::StrFormat("  %-19s %9s  ", name, value);
  out += Wrapped(why, head, std::string(head.size(), ' '));
}

std::string PeakWhy(const Measurement& seen) {
  if (seen.one_look) return "the highest since it started (VmHWM)";
  if (seen.peak_by_kernel) {
    return absl::StrCat("the highest meanwhile (VmHWM); on average ", FormatBytes(seen.average_resident));
  }
  return absl::StrCat("the highest of ", seen.samples, " samples; on average ",
                      FormatBytes(seen.average_resident));
}

void AddMeasured(const Measurement& seen, std::string& out) {
  out += "Measured\n";
  AddLine("peak RSS", FormatBytes(seen.peak_resident), PeakWhy(seen), out);
  if (seen.peak_charged.has_value()) {
    AddLine("charged", FormatBytes(*seen.peak_charged),
            absl::StrCat(seen.one_look ? "now" : "the highest", ", of the container's ",
                         FormatBytes(seen.container_limit), ": all processes in it"),
            out);
  }
  AddLine("anonymous", FormatBytes(seen.peak_anonymous),
          seen.one_look ? "at that peak: RSS less files and shared memory of now"
                        : absl::StrCat("at most; at least ", FormatBytes(seen.least_anonymous)),
          out);
  AddLine(
      "files and shared", FormatBytes(seen.shareable),
      seen.one_look ? "now: what workers of one program share" : "at most: what workers of one program share",
      out);
}

void AddLimits(const Advice& advice, std::string& out) {
  const Sizing& sizing = advice.sizing;
  absl::StrAppend(&out, "\nContainer",
                  advice.workers > 0 ? absl::StrCat(" with ", advice.workers, " workers") : std::string(),
                  "\n");
  AddLine("peak", FormatBytes(sizing.peak), sizing.peak_of, out);
  AddLine("request", FormatBytes(sizing.request),
          absl::StrCat("peak + ", sizing.request_percent, " %: a pod above its request is evicted first"),
          out);
  AddLine("limit", FormatBytes(sizing.limit),
          absl::StrCat("peak + ", sizing.headroom_percent, " %, ", sizing.headroom_why), out);
}

// MEMGOV_BUDGET takes no less (docs/options.md).
constexpr uint64_t kLeastBudget = 16ULL << 20;

void AddBudgets(const Sizing& sizing, std::string& out) {
  out += "\nBudgets\n";
  std::string why = absl::StrCat("95 % of that limit: ", FormatBytes(sizing.budget));
  if (sizing.budget >= kLeastBudget) {
    absl::StrAppend(&why, ". Without a container: MEMGOV_BUDGET=", sizing.budget >> 20, "M");
  }
  AddLine("MEMGOV_BUDGET", "auto", why, out);
  AddLine("MEMGOV_BUDGET_SOFT", absl::StrCat(sizing.soft_percent, "%"),
          absl::StrCat("of the budget: ", FormatBytes(sizing.soft),
                       sizing.soft >= sizing.peak ? ", so that the measured peak stays below it"
                                                  : ", the most that is useful"),
          out);
}

void AddMachines(const Sizing& sizing, bool one_look, std::string& out) {
  out += "\nWorkers by machine\n";
  Table table({{"machine"}, {"system"}, {"base"}, {"per worker"}, {"workers"}, {"left"}});
  for (const Machine& machine : sizing.machines) {
    table.AddRow({FormatBytes(machine.bytes), FormatBytes(machine.system_bytes), FormatBytes(sizing.base),
                  FormatBytes(sizing.per_worker), absl::StrCat(machine.workers),
                  FormatBytes(machine.left_bytes)});
  }
  std::ostringstream text;
  table.Print(text, 0);
  out += text.str();
  out += Wrapped(
      absl::StrCat(
          "system: 280 MB and 5 % for it, and 100 MB kept free, as Kubernetes nodes have it. base: what "
          "workers share, and a master process as large as this one ",
          one_look ? "now" : "at its smallest",
          ". per worker: the peak of anonymous memory and the headroom. By memory alone: CPUs may allow "
          "fewer."),
      "  ", "  ");
}

}  // namespace

std::string AdviceText(const Advice& advice) {
  const Measurement& seen = advice.seen;
  std::string out =
      Wrapped(absl::StrCat("Advice for ", Printable(seen.command), " (pid ", seen.pid, ", ",
                           seen.engine.empty() ? "not governed" : "engine " + Printable(seen.engine), ")"),
              "", "");
  out += Wrapped(absl::StrCat("From ", Printable(SourceOf(advice)), "."), "", "");
  if (!advice.doubts.empty()) out += "\n";
  for (const std::string& doubt : advice.doubts) out += Wrapped(Printable(doubt), "Warning: ", "  ");
  out += "\n";
  AddMeasured(seen, out);
  AddLimits(advice, out);
  AddBudgets(advice.sizing, out);
  AddMachines(advice.sizing, seen.one_look, out);
  return out;
}

}  // namespace memgov::cli
