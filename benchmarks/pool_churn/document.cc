#include "document.h"

#include <cstdlib>
#include <cstring>

namespace pool_churn {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  std::unique_ptr<Value> Read() {
    auto value = std::make_unique<Value>();
    switch (const char tag = Take(1).front()) {
      case 's':
        value->text = Take(Count());
        break;
      case 'n':
        std::memcpy(&value->number, Take(sizeof(double)).data(), sizeof(double));
        break;
      case 'a':
      case 'o':
        ReadMembers(tag == 'o', *value);
        break;
      default:
        std::abort();
    }
    return value;
  }

 private:
  // Without reserving: a parser of text does not know how many are to come.
  void ReadMembers(bool with_keys, Value& into) {
    const size_t count = Count();
    for (size_t i = 0; i < count; ++i) {
      std::string key;
      if (with_keys) key = Take(static_cast<unsigned char>(Take(1).front()));
      into.members.emplace_back(std::move(key), Read());
    }
  }

  size_t Count() {
    const std::string_view bytes = Take(2);
    return static_cast<unsigned char>(bytes[0]) | size_t{static_cast<unsigned char>(bytes[1])} << 8;
  }

  std::string_view Take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    if (taken.size() != bytes) std::abort();
    rest_.remove_prefix(bytes);
    return taken;
  }

  std::string_view rest_;
};

void AppendTexts(const Value& value, std::string& out) {
  out += value.text;
  for (const auto& [key, member] : value.members) {
    out += key;
    AppendTexts(*member, out);
  }
}

}  // namespace

Document Parse(std::string_view body) { return Reader(body).Read(); }

std::string Flatten(const Value& value) {
  std::string out;
  AppendTexts(value, out);
  return out;
}

}  // namespace pool_churn
