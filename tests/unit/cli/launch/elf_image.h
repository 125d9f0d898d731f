// ELF files as small as they may be, to look at and never to run.
#ifndef MEMGOV_TESTS_UNIT_CLI_LAUNCH_ELF_IMAGE_H_
#define MEMGOV_TESTS_UNIT_CLI_LAUNCH_ELF_IMAGE_H_

#include <elf.h>
#include <link.h>
#include <string.h>

#include <string>

#include "governor/cli/launch/elf_program.h"

namespace memgov::cli {

struct ElfImage {
  ElfW(Ehdr) header = {};
  ElfW(Phdr) program = {};
  std::string interpreter;  // with its NUL

  // Of this machine, loaded by `loader`; "": a static one.
  explicit ElfImage(const std::string& loader) {
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
    header.e_ident[EI_DATA] = OwnElfKind().big_endian ? ELFDATA2MSB : ELFDATA2LSB;
    header.e_type = ET_DYN;
    header.e_machine = static_cast<ElfW(Half)>(OwnElfKind().machine);
    header.e_phentsize = sizeof program;
    header.e_phnum = 1;
    header.e_phoff = sizeof header;
    program.p_type = loader.empty() ? PT_LOAD : PT_INTERP;
    program.p_offset = sizeof header + sizeof program;
    interpreter = loader + '\0';
    program.p_filesz = interpreter.size();
  }

  std::string Bytes() const {
    std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
    bytes.append(reinterpret_cast<const char*>(&program), sizeof program);
    return bytes + interpreter;
  }
};

}  // namespace memgov::cli

#endif  // MEMGOV_TESTS_UNIT_CLI_LAUNCH_ELF_IMAGE_H_
