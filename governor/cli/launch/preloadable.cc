#include "governor/cli/launch/preloadable.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/elf_program.h"
#include "governor/cli/launch/privileges.h"
#include "governor/cli/launch/script_line.h"
#include "governor/cli/launch/search_path.h"

namespace memgov::cli {
namespace {

constexpr const char* kShell = "/bin/sh";
// Scripts whose interpreter is a script: as many levels as the kernel follows (fs/exec.c, exec_binprm).
constexpr int kMostLevels = 5;

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : value_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

absl::Status Refuse(const std::string& path, std::string_view reason) {
  return absl::FailedPreconditionError(absl::StrCat(Printable(path), ": ", std::string(reason)));
}

absl::Status CheckLoader(const std::string& path, const ElfProgram& program) {
  if (!program.interpreter.has_value()) {
    // Run as a program, the loader preloads as ever.
    if (LibraryOfLoader(path) == CLibrary::kGlibc) return absl::OkStatus();
    return Refuse(path, "is statically linked: no loader reads LD_PRELOAD");
  }
  const std::string loader = Printable(*program.interpreter);
  const std::optional<CLibrary> library = LibraryOfLoader(*program.interpreter);
  if (library == CLibrary::kGlibc) return absl::OkStatus();
  if (library == CLibrary::kMusl) {
    return Refuse(path, absl::StrCat("uses musl (", loader, "); memgov needs glibc"));
  }
  if (library == CLibrary::kBionic) {
    return Refuse(path, absl::StrCat("uses Android's C library (", loader, "); memgov needs glibc"));
  }
  return Refuse(path, absl::StrCat("is loaded by ", loader, ", which is not glibc's"));
}

absl::Status CheckElf(const std::string& path, int descriptor, const ElfProgram& program) {
  if (program.kind != OwnElfKind()) {
    return Refuse(path, absl::StrCat("is a program for ", DescribeKind(program.kind), ", memgov is for ",
                                     DescribeKind(OwnElfKind())));
  }
  if (!program.executable) return Refuse(path, "is ELF, but not a program");
  if (absl::Status status = CheckLoader(path, program); !status.ok()) return status;
  if (const std::optional<std::string> reason = WhySecure(descriptor); reason.has_value()) {
    return Refuse(path, absl::StrCat(*reason, ": the loader ignores LD_PRELOAD"));
  }
  return absl::OkStatus();
}

// What runs the file with this beginning: the interpreter that it names; behind env, env's program; the
// shell.
absl::StatusOr<std::string> FindInterpreter(const std::string& path, const std::string& beginning,
                                            const std::string& search_path) {
  const std::optional<ScriptLine> line = ParseScriptLine(beginning);
  if (!line.has_value()) {
    if (beginning.find('\0') != std::string::npos) return Refuse(path, "is neither ELF nor a script");
    return std::string(kShell);
  }
  // The kernel takes a bare name from the current folder.
  const bool bare = line->interpreter.find('/') == std::string::npos;
  absl::StatusOr<std::string> interpreter =
      FindExecutable(bare ? "./" + line->interpreter : line->interpreter, search_path);
  if (interpreter.ok() && interpreter->substr(interpreter->rfind('/') + 1) == "env") {
    const std::optional<std::string> program = ProgramOfEnv(*line);
    if (program.has_value()) interpreter = FindExecutable(*program, search_path);
  }
  if (interpreter.ok()) return interpreter;
  return Refuse(path, absl::StrCat("its interpreter: ", std::string(interpreter.status().message())));
}

std::string ReadBeginning(int descriptor) {
  std::string beginning(kScriptLineBytes, '\0');
  const ssize_t bytes = pread(descriptor, beginning.data(), beginning.size(), 0);
  beginning.resize(bytes > 0 ? static_cast<size_t>(bytes) : 0);
  return beginning;
}

bool NamesInterpreter(const std::string& path) {
  const Descriptor file(path);
  return file.value() < 0 || ParseScriptLine(ReadBeginning(file.value())).has_value();
}

// Follows scripts to the file that the loader loads, and looks at that.
absl::Status CheckLoads(const std::string& search_path, Program* result) {
  std::string* const loaded = &result->loaded;
  for (int level = 0; level <= kMostLevels; ++level) {
    const Descriptor file(*loaded);
    // Executable but not readable: nothing can be said about it before it runs.
    if (file.value() < 0 && errno == EACCES) return absl::OkStatus();
    if (file.value() < 0) return Refuse(*loaded, "cannot be opened");
    const absl::StatusOr<std::optional<ElfProgram>> program = ReadElfProgram(file.value());
    if (!program.ok()) return Refuse(*loaded, absl::StrCat("is ", std::string(program.status().message())));
    if (program->has_value()) {
      result->loader = (*program)->interpreter.value_or("");
      return CheckElf(*loaded, file.value(), **program);
    }
    absl::StatusOr<std::string> interpreter =
        FindInterpreter(*loaded, ReadBeginning(file.value()), search_path);
    if (!interpreter.ok()) return interpreter.status();
    *loaded = *std::move(interpreter);
  }
  return Refuse(result->path, "names an interpreter that names another, too often");
}

}  // namespace

absl::StatusOr<Program> FindProgram(const std::vector<std::string>& command, const std::string& search_path) {
  if (command.empty()) return absl::InvalidArgumentError("no command: put it behind --");
  absl::StatusOr<std::string> path = FindExecutable(command[0], search_path);
  if (!path.ok()) return path.status();
  Program program{*path, command, *path, ""};
  if (absl::Status status = CheckLoads(search_path, &program); !status.ok()) return status;
  // The kernel refuses a file without #! (ENOEXEC); execvp(3) has the shell run it.
  if (program.loaded != program.path && !NamesInterpreter(program.path)) {
    program.arguments[0] = program.path;
    program.arguments.insert(program.arguments.begin(), kShell);
    program.path = kShell;
  }
  return program;
}

}  // namespace memgov::cli
