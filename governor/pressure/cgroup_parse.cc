#include "governor/pressure/cgroup_parse.h"

#include "governor/base/text.h"
#include "governor/pressure/cgroup.h"

namespace memgov {
namespace {

// The end of the field that begins at `text`.
const char* Find(const char* text, char end) {
  while (*text != '\0' && *text != end) ++text;
  return text;
}

// Is `word` an element of the list [begin, end) with commas between? ("name=memory" is a list's other kind.)
bool Lists(const char* begin, const char* end, const char* word) {
  while (begin < end) {
    const char* comma = begin;
    while (comma < end && *comma != ',') ++comma;
    if (SkipPrefix(begin, word) == comma) return true;
    begin = comma + 1;
  }
  return false;
}

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// The kernel writes space, tab, newline and backslash as \040 and so on.
void Unescape(char* text) {
  char* out = text;
  for (const char* in = text; *in != '\0'; ++in, ++out) {
    if (in[0] == '\\' && in[1] >= '0' && in[1] <= '3' && IsOctal(in[2]) && IsOctal(in[3])) {
      *out = static_cast<char>((in[1] - '0') * 64 + (in[2] - '0') * 8 + (in[3] - '0'));
      in += 3;
    } else {
      *out = *in;
    }
  }
  *out = '\0';
}

// Cuts the field at `*rest` off its line and moves on to the next one. nullptr when there is none.
char* TakeField(char** rest) {
  char* const field = *rest;
  if (*field == '\0') return nullptr;
  char* end = field;
  while (*end != '\0' && *end != ' ') ++end;
  *rest = *end == ' ' ? end + 1 : end;
  *end = '\0';
  return field;
}

bool HasParent(const char* path) {
  for (; *path != '\0'; ++path) {
    const char* rest = SkipPrefix(path, "/..");
    if (rest != nullptr && (*rest == '/' || *rest == '\0')) return true;
  }
  return false;
}

}  // namespace

const char* ParseCgroupLine(const char* line, Hierarchy* hierarchy) {
  uint64_t number = 0;
  const char* controllers = ParseDigits(line, &number);
  if (controllers == nullptr || *controllers != ':') return nullptr;
  const char* end = Find(++controllers, ':');
  if (*end != ':' || end[1] != '/') return nullptr;
  if (Lists(controllers, end, "memory")) {
    *hierarchy = Hierarchy::kMemoryV1;
  } else {
    *hierarchy = number == 0 && end == controllers ? Hierarchy::kUnified : Hierarchy::kOther;
  }
  return end + 1;
}

// Fields of proc(5): id, parent, device, root, mount point, options, any number of optional ones, "-", file
// system, source, its options.
bool ParseCgroupMount(char* line, CgroupMount* mount) {
  char* rest = line;
  char* fields[6];
  for (char*& field : fields) {
    field = TakeField(&rest);
    if (field == nullptr) return false;
  }
  for (const char* optional = "";; optional = TakeField(&rest)) {
    if (optional == nullptr) return false;
    if (TextEqual(optional, "-")) break;
  }
  const char* type = TakeField(&rest);
  const char* source = TakeField(&rest);
  const char* options = TakeField(&rest);
  if (type == nullptr || source == nullptr || options == nullptr) return false;
  Hierarchy hierarchy = Hierarchy::kOther;
  if (TextEqual(type, "cgroup2")) hierarchy = Hierarchy::kUnified;
  if (TextEqual(type, "cgroup") && Lists(options, Find(options, '\0'), "memory")) {
    hierarchy = Hierarchy::kMemoryV1;
  }
  Unescape(fields[3]);
  Unescape(fields[4]);
  if (hierarchy == Hierarchy::kOther || *fields[3] != '/' || *fields[4] != '/') return false;
  *mount = {hierarchy, fields[3], fields[4]};
  return true;
}

const char* PathBelow(const char* path, const char* root) {
  const char* rest = TextEqual(root, "/") ? path : SkipPrefix(path, root);
  if (rest == nullptr || HasParent(rest)) return nullptr;
  if (TextEqual(rest, "/")) return "";
  return *rest == '/' || *rest == '\0' ? rest : nullptr;
}

bool ParseCgroupNumber(const char* text, uint64_t* value) {
  uint64_t number = kNoLimit;
  const char* rest = SkipPrefix(text, "max");
  if (rest == nullptr) rest = ParseDigits(text, &number);
  if (rest == nullptr) return false;
  if (*rest == '\n') ++rest;
  if (*rest != '\0') return false;
  *value = number;
  return true;
}

bool FindKeyedNumber(const char* text, const char* key, uint64_t* value) {
  while (*text != '\0') {
    const char* rest = SkipPrefix(text, key);
    uint64_t number = 0;
    if (rest != nullptr && *rest == ' ') {
      rest = ParseDigits(rest + 1, &number);
      if (rest == nullptr || (*rest != '\n' && *rest != '\0')) return false;
      *value = number;
      return true;
    }
    text = Find(text, '\n');
    if (*text == '\n') ++text;
  }
  return false;
}

void ParseEvents(const char* text, CgroupEvents* events) {
  FindKeyedNumber(text, "low", &events->low);
  FindKeyedNumber(text, "high", &events->high);
  FindKeyedNumber(text, "max", &events->max);
  FindKeyedNumber(text, "oom", &events->oom);
  FindKeyedNumber(text, "oom_kill", &events->oom_kill);
}

}  // namespace memgov
