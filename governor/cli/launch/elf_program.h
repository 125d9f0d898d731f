// What the dynamic loader would make of a file: is it ELF, for which machine, and with which loader?
//
// Assumptions: elf(5). Nothing in the file is believed: offsets and counts are bounded.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_ELF_PROGRAM_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_ELF_PROGRAM_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace memgov::cli {

struct ElfKind {
  int bits = 0;  // 32 or 64
  bool big_endian = false;
  unsigned machine = 0;  // EM_X86_64, ...

  bool operator==(const ElfKind&) const = default;
};

struct ElfProgram {
  ElfKind kind;
  bool executable = false;                 // ET_EXEC or ET_DYN
  std::optional<std::string> interpreter;  // PT_INTERP
};

// Of this tool, hence of the object that goes with it.
ElfKind OwnElfKind();

// "64-bit x86-64".
std::string DescribeKind(const ElfKind& kind);

// nullopt: no ELF file. The interpreter is looked for in files of this tool's own kind only. kDataLoss: it
// begins like one but is cut short or damaged. `descriptor` is read from offset 0.
absl::StatusOr<std::optional<ElfProgram>> ReadElfProgram(int descriptor);

// Which C library comes with this loader, by the names that those install. nullopt: unknown.
enum class CLibrary { kGlibc, kMusl, kBionic };
std::optional<CLibrary> LibraryOfLoader(const std::string& interpreter);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_ELF_PROGRAM_H_
