#include "governor/cli/show/evidence_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/frame/views.h"

namespace memgov::cli {
namespace {

constexpr size_t kMostBytes = size_t{64} << 10;  // its own writer needs 12 KiB
constexpr std::string_view kTitle = "memgov evidence of process ";
constexpr std::string_view kStart = "Its start time in clock ticks since boot: ";
constexpr size_t kIdentityRow = 1;
constexpr size_t kFirstLineRow = 3;

// Words of a line from left to right.
class Words {
 public:
  explicit Words(const std::string& row) : words_(absl::StrSplit(row, ' ', absl::SkipEmpty())) {}

  std::string Next() { return at_ < words_.size() ? words_[at_++] : std::string(); }

  bool Number(uint64_t* value) { return absl::SimpleAtoi(Next(), value); }

  // "none", or "12.3 MB".
  bool Bytes(uint64_t* value) {
    const std::string number = Next();
    if (number == "none") return true;
    const auto parsed = ParseBytes(absl::StrCat(number, Next()), "");
    if (parsed.ok()) *value = *parsed;
    return parsed.ok();
  }

  bool Time(absl::Time* value) { return absl::ParseTime(absl::RFC3339_full, Next(), value, nullptr); }

  // "name of a pool +1.2 MB", "name -1.2 MB" or "-"; a name too long has cut the size off.
  bool Grew(EvidenceLine* line) {
    if (words_.size() < at_ + 3) return true;
    const std::string amount = words_[words_.size() - 2];
    const auto bytes = ParseBytes(absl::StrCat(amount.substr(1), words_.back()), "");
    if (!bytes.ok() || (amount[0] != '+' && amount[0] != '-')) return false;
    line->grew_bytes = static_cast<int64_t>(*bytes) * (amount[0] == '-' ? -1 : 1);
    for (; at_ + 2 < words_.size(); ++at_)
      absl::StrAppend(&line->grew_pool, line->grew_pool.empty() ? "" : " ", words_[at_]);
    return true;
  }

 private:
  std::vector<std::string> words_;
  size_t at_ = 0;
};

// A line that was being written has no number.
bool ParseLine(const std::string& row, EvidenceLine* line) {
  if (row.empty() || row.front() == ' ') return false;
  Words words(row);
  const bool begins = words.Number(&line->number) && words.Time(&line->time);
  line->rung = words.Next();
  return begins && words.Bytes(&line->charged_bytes) && words.Bytes(&line->soft_bytes) &&
         words.Bytes(&line->hard_bytes) && words.Bytes(&line->limit_bytes) &&
         words.Bytes(&line->anonymous_bytes) && words.Bytes(&line->live_bytes) &&
         words.Bytes(&line->held_bytes) && words.Number(&line->refused) && words.Number(&line->rejected) &&
         words.Grew(line);
}

absl::Status ErrorOf(const std::string& path, int error) {
  const std::string text = absl::StrCat(Printable(path), ": cannot be read (", strerror(error), ")");
  if (error == ENOENT) return absl::NotFoundError(text);
  return error == EACCES || error == EPERM ? absl::PermissionDeniedError(text) : absl::DataLossError(text);
}

absl::StatusOr<std::string> ReadWhole(int descriptor, const std::string& path, uint32_t owner) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return ErrorOf(path, errno);
  if (!S_ISREG(status.st_mode) || status.st_uid != owner || status.st_size > static_cast<off_t>(kMostBytes)) {
    return absl::DataLossError(
        absl::StrCat(Printable(path), ": no evidence (not a regular file of its owner)"));
  }
  std::string text(kMostBytes, '\0');
  const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
  if (size < 0) return ErrorOf(path, errno);
  text.resize(static_cast<size_t>(size));
  return text;
}

}  // namespace

absl::StatusOr<Evidence> ParseEvidence(std::string_view text) {
  const std::vector<std::string> rows = absl::StrSplit(View(text.substr(0, kMostBytes)), '\n');
  if (rows.size() <= kFirstLineRow || !rows[0].starts_with(kTitle) ||
      !rows[kIdentityRow].starts_with(kStart)) {
    return absl::DataLossError("no evidence: it does not begin as its writer begins it");
  }
  Evidence evidence;
  const std::string start = rows[kIdentityRow].substr(kStart.size());
  if (!absl::SimpleAtoi(start.substr(0, start.find_first_not_of("0123456789")), &evidence.start_ticks)) {
    return absl::DataLossError("no evidence: no start time in its second line");
  }
  for (size_t row = kFirstLineRow; row < rows.size(); ++row) {
    EvidenceLine line;
    if (ParseLine(rows[row], &line)) evidence.lines.push_back(std::move(line));
  }
  std::sort(evidence.lines.begin(), evidence.lines.end(),
            [](const EvidenceLine& a, const EvidenceLine& b) { return a.number < b.number; });
  return evidence;
}

absl::StatusOr<Evidence> ReadEvidence(const std::string& path, uint32_t owner) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return ErrorOf(path, errno);
  const absl::StatusOr<std::string> text = ReadWhole(descriptor, path, owner);
  close(descriptor);
  if (!text.ok()) return text.status();
  return ParseEvidence(*text);
}

Growth GrewMost(const std::vector<EvidenceLine>& lines, absl::Duration window) {
  if (lines.empty()) return {};
  std::map<std::string, Growth> pools;
  Growth most;
  absl::Time later = lines.back().time;
  for (auto line = lines.rbegin(); line != lines.rend() && lines.back().time - line->time <= window; ++line) {
    if (line->grew_pool.empty()) continue;
    Growth& growth = pools[line->grew_pool];
    growth.pool = line->grew_pool;
    // Bounded by what ParseBytes lets through; a hostile file's sum saturates.
    if (__builtin_add_overflow(growth.bytes, line->grew_bytes, &growth.bytes)) growth.bytes = INT64_MAX;
    // What a line says grew since the line before it.
    const bool has_before = std::next(line) != lines.rend();
    growth.duration = later - (has_before ? std::next(line)->time : line->time);
    if (growth.bytes > most.bytes) most = growth;
  }
  return most;
}

}  // namespace memgov::cli
