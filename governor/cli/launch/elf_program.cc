#include "governor/cli/launch/elf_program.h"

#include <elf.h>
#include <limits.h>
#include <link.h>
#include <unistd.h>

#include <bit>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace memgov::cli {
namespace {

// Linkers write about a dozen; the kernel takes at most 64 KiB of them (fs/binfmt_elf.c).
constexpr size_t kMostProgramHeaders = 1024;

#if defined(__x86_64__)
constexpr unsigned kOwnMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kOwnMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr unsigned kOwnMachine = EM_RISCV;
#else
#error "which ELF machine is this?"
#endif

bool ReadAt(int descriptor, uint64_t offset, void* out, size_t bytes) {
  if (offset > INT64_MAX) return false;
  return pread(descriptor, out, bytes, static_cast<off_t>(offset)) == static_cast<ssize_t>(bytes);
}

absl::Status Damaged() { return absl::DataLossError("an ELF file that is cut short or damaged"); }

// e_type and e_machine stand behind e_ident in files of either class.
struct Beginning {
  unsigned char identity[EI_NIDENT];
  unsigned char type[2];
  unsigned char machine[2];
};

unsigned Number(const unsigned char* bytes, bool big_endian) {
  return big_endian ? bytes[0] * 256U + bytes[1] : bytes[1] * 256U + bytes[0];
}

absl::StatusOr<std::string> ReadInterpreter(int descriptor, const ElfW(Phdr) & header) {
  if (header.p_filesz < 2 || header.p_filesz > PATH_MAX) return Damaged();
  std::string path(header.p_filesz, '\0');
  if (!ReadAt(descriptor, header.p_offset, path.data(), path.size())) return Damaged();
  if (path.back() != '\0') return Damaged();
  return std::string(path.c_str());
}

absl::Status ReadHeaders(int descriptor, ElfProgram* program) {
  ElfW(Ehdr) header;
  if (!ReadAt(descriptor, 0, &header, sizeof header)) return Damaged();
  if (header.e_phnum == 0) return absl::OkStatus();
  if (header.e_phentsize != sizeof(ElfW(Phdr)) || header.e_phnum > kMostProgramHeaders) return Damaged();
  std::vector<ElfW(Phdr)> table(header.e_phnum);
  if (!ReadAt(descriptor, header.e_phoff, table.data(), table.size() * sizeof table[0])) return Damaged();
  for (const ElfW(Phdr) & entry : table) {
    if (entry.p_type != PT_INTERP) continue;
    absl::StatusOr<std::string> interpreter = ReadInterpreter(descriptor, entry);
    if (!interpreter.ok()) return interpreter.status();
    program->interpreter = *std::move(interpreter);
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

const char* MachineName(unsigned machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "x86";
    case EM_AARCH64:
      return "AArch64";
    case EM_ARM:
      return "ARM";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC";
    case EM_S390:
      return "s390";
  }
  return nullptr;
}

}  // namespace

ElfKind OwnElfKind() {
  return {static_cast<int>(sizeof(void*) * CHAR_BIT), std::endian::native == std::endian::big, kOwnMachine};
}

std::string DescribeKind(const ElfKind& kind) {
  const char* name = MachineName(kind.machine);
  return absl::StrCat(kind.bits, "-bit ",
                      name != nullptr ? std::string(name) : absl::StrCat("machine ", kind.machine));
}

absl::StatusOr<std::optional<ElfProgram>> ReadElfProgram(int descriptor) {
  Beginning begin;
  if (!ReadAt(descriptor, 0, begin.identity, SELFMAG) || memcmp(begin.identity, ELFMAG, SELFMAG) != 0) {
    return std::nullopt;
  }
  if (!ReadAt(descriptor, 0, &begin, sizeof begin)) return Damaged();
  ElfProgram program;
  program.kind.bits = begin.identity[EI_CLASS] == ELFCLASS64 ? 64 : 32;
  program.kind.big_endian = begin.identity[EI_DATA] == ELFDATA2MSB;
  program.kind.machine = Number(begin.machine, program.kind.big_endian);
  const unsigned type = Number(begin.type, program.kind.big_endian);
  program.executable = type == ET_EXEC || type == ET_DYN;
  if (program.kind == OwnElfKind()) {
    if (absl::Status status = ReadHeaders(descriptor, &program); !status.ok()) return status;
  }
  return program;
}

std::optional<CLibrary> LibraryOfLoader(const std::string& interpreter) {
  const std::string name = interpreter.substr(interpreter.rfind('/') + 1);
  // glibc: sysdeps/*/shlib-versions; musl: LDSO_PATHNAME in its configure; bionic: linker and linker64.
  if (absl::StartsWith(name, "ld-musl-")) return CLibrary::kMusl;
  if (absl::StartsWith(name, "ld-linux") || name == "ld64.so.1" || name == "ld64.so.2") {
    return CLibrary::kGlibc;
  }
  if (name == "linker" || name == "linker64") return CLibrary::kBionic;
  return std::nullopt;
}

}  // namespace memgov::cli
