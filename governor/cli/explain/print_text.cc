#include <algorithm>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "governor/cli/explain/diagnosis.h"
#include "governor/cli/frame/output.h"

namespace memgov::cli::explain {
namespace {

constexpr int kProseWidth = 80;
constexpr size_t kMostPools = 8;
constexpr size_t kMostClasses = 4;

class TextPage {
 public:
  TextPage(const Diagnosis& diagnosis, std::ostream& out, int width)
      : it_(diagnosis), out_(out), width_(width), prose_(width > 0 ? std::min(width, 100) : kProseWidth) {}

  void Print();

 private:
  void Say(const std::string& text, const std::string& indent = "", const std::string& first = "");
  void Title(const char* text) { out_ << "\n" << text << "\n"; }
  std::string Share(uint64_t bytes) const;
  void PrintSource();
  void PrintParts();
  void PrintBeside();
  void PrintPools();
  void PrintClasses();
  void PrintCgroup();
  void PrintReturn();
  void PrintAdvice();

  const Diagnosis& it_;
  std::ostream& out_;
  const int width_;
  const int prose_;
};

// Words, wrapped; `indent` before each line but the first, which has `first`.
void TextPage::Say(const std::string& text, const std::string& indent, const std::string& first) {
  std::istringstream words(text);
  std::string word;
  std::string line = first.empty() ? indent : first;
  bool empty = true;
  while (words >> word) {
    // Every byte counts as a column: what is not ASCII wraps early.
    if (!empty && line.size() + 1 + word.size() > static_cast<size_t>(prose_)) {
      out_ << line << "\n";
      line = indent;
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  out_ << line << "\n";
}

std::string TextPage::Share(uint64_t bytes) const { return ShareOf(bytes, it_.account.resident_bytes); }

void TextPage::PrintSource() {
  const Facts& facts = it_.facts;
  const std::string name = absl::StrCat("Process ", facts.pid, ", ", Printable(facts.command));
  if (!facts.preloaded)
    return Say(absl::StrCat(name, ": not governed; its malloc is ", facts.allocator, "."));
  if (!facts.figures) return Say(absl::StrCat(name, ": memgov is loaded, its figures cannot be read."));
  Say(absl::StrCat(name, ": governed by memgov ", Printable(facts.figures->version), ", engine ",
                   Printable(facts.engine), ".",
                   facts.figures_are_fresh ? ""
                                           : absl::StrCat(" These are the last figures that it wrote: ",
                                                          Printable(facts.why_no_figures), ".")));
}

void TextPage::PrintParts() {
  Title("What is in memory");
  Table table({{.title = "bytes"}, {.title = "share"}, {.title = "of", .align = Align::kLeft}});
  for (const Part& part : it_.account.parts)
    table.AddRow({FormatBytes(part.bytes), Share(part.bytes), part.title});
  const uint64_t rest = it_.account.not_accounted_bytes;
  table.AddRow({FormatBytes(rest), Share(rest), "not accounted for"});
  table.AddRow({FormatBytes(it_.account.resident_bytes), "100 %", "RSS, the sum of the above"});
  table.Print(out_, width_);
}

void TextPage::PrintBeside() {
  const Account& account = it_.account;
  Title("Beside that");
  const auto line = [this](const std::string& text) { Say(text, "  ", "  "); };
  line(absl::StrCat("PSS ", FormatBytes(account.proportional_bytes),
                    ": as RSS, but what is shared with other "
                    "processes counts in part. The RSS was highest at ",
                    FormatBytes(it_.facts.status.peak_bytes), "."));
  line(absl::StrCat("Address space without memory: ", FormatBytes(account.reserved_bytes),
                    " reserved without access, and ", FormatBytes(it_.facts.brief.virtual_bytes),
                    " virtual in all. That is not memory."));
  if (account.untouched_bytes > 0) {
    line(absl::StrCat("Never written to, and so not memory either: ", FormatBytes(account.untouched_bytes),
                      " of the heap."));
  }
  line(absl::StrCat("Huge pages ", FormatBytes(account.huge_bytes), ", swapped out ",
                    FormatBytes(account.swap_bytes), ", given up but not yet taken (MADV_FREE) ",
                    FormatBytes(account.lazy_free_bytes), "."));
  const std::string faults = absl::StrCat("Page faults: ", it_.facts.brief.minor_faults, " minor, ",
                                          it_.facts.brief.major_faults, " major");
  if (it_.trend.verdict == Verdict::kNotWatched) return line(faults + ".");
  line(absl::StrCat(faults, "; ", it_.trend.minor_faults, " and ", it_.trend.major_faults, " in the last ",
                    cli::FormatDuration(it_.trend.watched), "."));
}

void TextPage::PrintPools() {
  const std::vector<PoolRow> rows = MakePoolRows(it_.facts);
  if (rows.size() < 2 && !it_.facts.figures) return;
  Title("By thread pool");
  const bool heap = it_.facts.figures.has_value();
  std::vector<Column> columns = {
      {.title = "pool", .align = Align::kLeft}, {.title = "threads"}, {.title = "parked"}};
  if (heap)
    columns.insert(columns.end(),
                   {{.title = "live"}, {.title = "held"}, {.title = "held unused", .drop_order = 1}});
  columns.push_back({.title = "stacks", .drop_order = 2});
  Table table(columns);
  for (size_t index = 0; index < std::min(rows.size(), kMostPools); ++index) {
    const PoolRow& row = rows[index];
    std::vector<std::string> cells = {Printable(row.name), absl::StrCat(row.threads),
                                      absl::StrCat(row.parked)};
    if (heap) {
      const uint64_t unused = row.held_bytes - std::min(row.held_bytes, row.live_bytes);
      cells.insert(cells.end(),
                   {FormatBytes(row.live_bytes), FormatBytes(row.held_bytes), FormatBytes(unused)});
    }
    cells.push_back(FormatBytes(row.stack_bytes));
    table.AddRow(cells);
  }
  table.Print(out_, width_);
  const bool estimated = std::any_of(rows.begin(), rows.end(), [](const PoolRow& row) {
    return row.has_heap && !row.held_is_exact && row.held_bytes > row.live_bytes;
  });
  if (heap && estimated) Say("Held unused is an estimate for pools without shards of their own.", "  ", "  ");
  if (rows.size() > kMostPools)
    Say(absl::StrCat("And ", rows.size() - kMostPools, " more (--json has all)."), "  ", "  ");
}

void TextPage::PrintClasses() {
  if (it_.facts.classes.empty() || it_.facts.classes[0].unused_bytes == 0) return;
  Title("Block sizes with most free memory between used blocks");
  Table table(
      {{.title = "block"}, {.title = "used"}, {.title = "free"}, {.title = "slabs"}, {.title = "unused"}});
  for (size_t index = 0; index < std::min(it_.facts.classes.size(), kMostClasses); ++index) {
    const SizeClass& entry = it_.facts.classes[index];
    if (entry.unused_bytes == 0) break;
    table.AddRow({absl::StrCat(entry.block_bytes, " B"), absl::StrCat(entry.live_blocks),
                  absl::StrCat(entry.free_blocks), absl::StrCat(entry.slabs),
                  FormatBytes(entry.unused_bytes)});
  }
  table.Print(out_, width_);
}

void TextPage::PrintCgroup() {
  if (!it_.facts.cgroup) return;
  const CgroupMemory& cgroup = *it_.facts.cgroup;
  Title("Its cgroup, other processes in it included");
  Say(absl::StrCat("Working set ", FormatBytes(cgroup.working_set_bytes),
                   " (what an orchestrator evicts by) of ",
                   cgroup.has_limit ? FormatBytes(cgroup.limit_bytes) : "no limit", ": anonymous ",
                   FormatBytes(cgroup.anonymous_bytes), ", files ", FormatBytes(cgroup.file_bytes), " (",
                   FormatBytes(cgroup.inactive_file_bytes),
                   " of them inactive, not in the working set), kernel ", FormatBytes(cgroup.kernel_bytes),
                   ". Limit hit ", cgroup.limit_hits, " times, OOM kills ", cgroup.oom_kills, "."),
      "  ", "  ");
}

void TextPage::PrintReturn() {
  Title("What would come back");
  if (it_.facts.figures) {
    const uint64_t bytes = ReleasableBytes(it_.facts);
    return Say(
        absl::StrCat("A release now (`memgov release ", it_.facts.pid, "`): about ", FormatBytes(bytes), "."),
        "  ", "  ");
  }
  if (it_.facts.preloaded) return Say("Not known without its figures.", "  ", "  ");
  if (!it_.facts.preloadable) {
    return Say("memgov cannot be preloaded into it: it is a static program, or its C library is not glibc.",
               "  ", "  ");
  }
  const Returnable& returnable = it_.returnable;
  if (!returnable.known) {
    return Say(absl::StrCat("With memgov: not known (", Printable(returnable.method), "); at most ",
                            FormatBytes(returnable.high_bytes), " is memory of its own."),
               "  ", "  ");
  }
  Say(absl::StrCat("With memgov likely ", FormatBytes(returnable.likely_bytes), " (",
                   FormatBytes(returnable.low_bytes), " to ", FormatBytes(returnable.high_bytes),
                   "), once the load that made it is over. Found so: ", returnable.method, "."),
      "  ", "  ");
}

void TextPage::PrintAdvice() {
  Title("Advice");
  if (it_.advice.empty()) return Say("Nothing stands out.", "  ", "  ");
  for (size_t index = 0; index < it_.advice.size(); ++index)
    Say(it_.advice[index].text, "     ", absl::StrCat("  ", index + 1, ". "));
}

void TextPage::Print() {
  PrintSource();
  out_ << "\n";
  Say(Headline(it_));
  PrintParts();
  PrintBeside();
  PrintPools();
  PrintClasses();
  PrintCgroup();
  Title("Leak or fragmentation?");
  Say(Describe(it_.trend), "  ", "  ");
  PrintReturn();
  PrintAdvice();
}

}  // namespace

void PrintText(const Diagnosis& diagnosis, std::ostream& out, int width) {
  TextPage(diagnosis, out, width).Print();
}

}  // namespace memgov::cli::explain
