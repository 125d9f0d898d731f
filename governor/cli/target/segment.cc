#include "governor/cli/target/segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "memgov/stats_segment.h"

namespace memgov::cli {
namespace {

using Header = memgov_segment_header_t;
using Copy = memgov_segment_copy_t;

constexpr size_t kMostFigures = 1024;
constexpr size_t kMostPools = 1024;
constexpr size_t kPoolNameWords = MEMGOV_SEGMENT_POOL_NAME_BYTES / sizeof(uint64_t);
// Between two looks the writer would have to begin and end a whole second's work for a copy to be torn again.
constexpr int kMostTries = 5;

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the stats segment is damaged: ", what));
}

template <size_t kBytes>
std::string TextOf(const char (&field)[kBytes]) {
  return std::string(field, strnlen(field, kBytes));
}

// Every offset lies in the file, and everything is where a uint64_t may be.
absl::Status CheckHeader(const Header& header, size_t size) {
  if (header.bytes != size) return Damaged("its size is not what it says");
  if (header.value_count > kMostFigures || header.pool_value_count > kMostFigures ||
      header.most_pools > kMostPools)
    return Damaged("too many figures");
  if (uint64_t{header.names_offset} + header.names_bytes > size) return Damaged("names beyond its end");
  const uint64_t needed =
      sizeof(Copy) + (uint64_t{header.value_count} +
                      uint64_t{header.most_pools} * (kPoolNameWords + header.pool_value_count)) *
                         sizeof(uint64_t);
  if (header.copy_bytes < needed || header.copy_bytes % sizeof(uint64_t) != 0)
    return Damaged("copies too short");
  for (const uint32_t offset : header.copy_offset) {
    if (offset % sizeof(uint64_t) != 0 || uint64_t{offset} + header.copy_bytes > size)
      return Damaged("copies beyond its end");
  }
  return absl::OkStatus();
}

// "c n memgov_trims_total{reason="idle"}"
absl::StatusOr<FigureName> ParseName(absl::string_view line) {
  if (line.size() < 5 || line[1] != ' ' || line[3] != ' ') return Damaged("a name");
  FigureName figure;
  figure.counter = line[0] == 'c';
  figure.unit = line[2] == 'b' ? Unit::kBytes : line[2] == 's' ? Unit::kNanoseconds : Unit::kNumber;
  const absl::string_view name = line.substr(4);
  const size_t brace = name.find('{');
  figure.name = std::string(name.substr(0, brace));
  if (brace != name.npos) {
    if (!absl::EndsWith(name, "}")) return Damaged("a name's labels");
    figure.labels = std::string(name.substr(brace + 1, name.size() - brace - 2));
  }
  return figure;
}

absl::Status ParseNames(const Header& header, absl::string_view text, Reading& reading) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.size() != size_t{header.value_count} + header.pool_value_count)
    return Damaged("its list of names");
  for (size_t index = 0; index < lines.size(); ++index) {
    absl::StatusOr<FigureName> figure = ParseName(lines[index]);
    if (!figure.ok()) return figure.status();
    (index < header.value_count ? reading.names : reading.pool_names).push_back(*std::move(figure));
  }
  return absl::OkStatus();
}

// The words of the newest whole copy; empty when there is none.
std::vector<uint64_t> NewestCopy(const Header& header, std::string_view bytes) {
  std::vector<uint64_t> newest;
  std::vector<uint64_t> words(header.copy_bytes / sizeof(uint64_t));
  for (const uint32_t offset : header.copy_offset) {
    std::memcpy(words.data(), bytes.data() + offset, header.copy_bytes);
    const uint64_t sequence = words[0];
    const bool whole = sequence != 0 && sequence % 2 == 0 &&
                       words[1] == memgov_segment_checksum(words.data() + 2, words.size() - 2);
    if (whole && (newest.empty() || sequence > newest[0])) newest = words;
  }
  return newest;
}

absl::Status FillFigures(const Header& header, const std::vector<uint64_t>& words, Reading& reading) {
  reading.wall_clock_ns = static_cast<int64_t>(words[2]);
  reading.monotonic_ns = static_cast<int64_t>(words[3]);
  const uint64_t pools = words[4];
  if (pools > header.most_pools) return Damaged("more pools than there is room for");
  const uint64_t* at = words.data() + sizeof(Copy) / sizeof(uint64_t);
  reading.values.assign(at, at + header.value_count);
  at += header.value_count;
  for (uint64_t index = 0; index < pools; ++index) {
    std::array<char, MEMGOV_SEGMENT_POOL_NAME_BYTES> name;
    std::memcpy(name.data(), at, name.size());
    at += kPoolNameWords;
    reading.pools.push_back(
        {std::string(name.data(), strnlen(name.data(), name.size())), {at, at + header.pool_value_count}});
    at += header.pool_value_count;
  }
  return absl::OkStatus();
}

void FillIdentity(const Header& header, Reading& reading) {
  reading.pid = static_cast<int>(header.process & 0x7fffffff);
  reading.start_ticks = header.process >> 32;
  reading.pid_namespace = header.pid_namespace;
  reading.governor_thread = static_cast<int>(header.governor_thread);
  reading.started_s = static_cast<int64_t>(header.started_s);
  const std::string version = TextOf(header.version_text);
  const std::pair<std::string, std::string> parts = absl::StrSplit(version, absl::MaxSplits(' ', 1));
  reading.version = parts.first;
  reading.engine = parts.second;
  reading.command = TextOf(header.command);
}

absl::Status ErrnoStatus(int error, const std::string& path) {
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(absl::StrCat(path, ": no such file"));
  if (error == ELOOP) return absl::DataLossError(absl::StrCat(path, ": a symbolic link; not followed"));
  if (error == EACCES || error == EPERM)
    return absl::PermissionDeniedError(absl::StrCat(path, ": not readable"));
  return absl::UnavailableError(absl::StrCat(path, ": ", strerror(error)));
}

absl::StatusOr<std::string> ReadWhole(int descriptor, const std::string& path) {
  std::string bytes(MEMGOV_SEGMENT_MOST_BYTES + 1, '\0');
  size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t part =
        pread(descriptor, bytes.data() + size, bytes.size() - size, static_cast<off_t>(size));
    if (part < 0 && errno == EINTR) continue;
    if (part < 0) return ErrnoStatus(errno, path);
    if (part == 0) break;
    size += static_cast<size_t>(part);
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

absl::StatusOr<Reading> ParseSegment(std::string_view bytes) {
  Header header;
  if (bytes.size() > MEMGOV_SEGMENT_MOST_BYTES) return Damaged("too large");
  if (bytes.size() < sizeof header) return Damaged("too short");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != MEMGOV_SEGMENT_MAGIC) return absl::DataLossError("not a stats segment");
  if (header.version != MEMGOV_SEGMENT_VERSION) {
    return absl::FailedPreconditionError(absl::StrCat("a stats segment of layout ", header.version,
                                                      "; this tool reads layout ", MEMGOV_SEGMENT_VERSION,
                                                      ": use the tool of the process' own version"));
  }
  if (absl::Status status = CheckHeader(header, bytes.size()); !status.ok()) return status;
  Reading reading;
  FillIdentity(header, reading);
  absl::Status names =
      ParseNames(header, absl::string_view(bytes.data() + header.names_offset, header.names_bytes), reading);
  if (!names.ok()) return names;
  const std::vector<uint64_t> words = NewestCopy(header, bytes);
  if (words.empty()) return Damaged("no whole copy of the figures is in it");
  if (absl::Status status = FillFigures(header, words, reading); !status.ok()) return status;
  return reading;
}

absl::StatusOr<Reading> ReadSegment(const std::string& path, std::optional<uint32_t> owner) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return ErrnoStatus(errno, path);
  const auto close_it = absl::MakeCleanup([descriptor] { close(descriptor); });
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return ErrnoStatus(errno, path);
  if (!S_ISREG(status.st_mode)) return absl::DataLossError(absl::StrCat(path, ": not a regular file"));
  if (owner.has_value() && status.st_uid != *owner)
    return absl::PermissionDeniedError(absl::StrCat(path, ": another user's file"));
  absl::StatusOr<Reading> reading;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const absl::StatusOr<std::string> bytes = ReadWhole(descriptor, path);
    if (!bytes.ok()) return bytes.status();
    reading = ParseSegment(*bytes);
    if (reading.ok()) return reading;
  }
  return absl::Status(reading.status().code(), absl::StrCat(path, ": ", reading.status().message()));
}

}  // namespace memgov::cli
