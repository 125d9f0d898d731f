#include "body.h"

#include <bit>
#include <string_view>

namespace pool_churn {
namespace {

constexpr size_t kLongestText = 2000;

class Writer {
 public:
  explicit Writer(uint64_t seed) : random_(seed) {}

  void Object(size_t members) { Counted('o', members); }
  void Key(std::string_view key) {
    out_ += static_cast<char>(key.size());
    out_ += key;
  }
  void Number() {
    out_ += 'n';
    out_.append(sizeof(double), '\1');
  }
  void Text(size_t least, size_t most) {
    const size_t length = random_.Spread(least, most);
    Counted('s', length);
    for (size_t i = 0; i < length; ++i) out_ += static_cast<char>('a' + (i * 7 + length) % 26);
  }
  // Returns where the count is, for SetCount.
  size_t Array() {
    Counted('a', 0);
    return out_.size() - 2;
  }
  void SetCount(size_t at, size_t count) {
    out_[at] = static_cast<char>(count & 0xff);
    out_[at + 1] = static_cast<char>(count >> 8);
  }

  void Message();
  void Tool();
  size_t size() const { return out_.size(); }
  std::string Take() { return std::move(out_); }

 private:
  void Counted(char tag, size_t count) {
    out_ += tag;
    out_.append(2, '\0');
    SetCount(out_.size() - 2, count);
  }

  Random random_;
  std::string out_;
};

void Writer::Message() {
  Object(4);
  Key("role");
  Text(4, 9);
  Key("content");
  Text(16, kLongestText);
  Key("created");
  Number();
  Key("attributes");
  const size_t parts = random_.Between(1, 6);
  SetCount(Array(), parts);
  for (size_t i = 0; i < parts; ++i) Text(8, 64);
}

void Writer::Tool() {
  Object(3);
  Key("name");
  Text(10, 40);
  Key("description");
  Text(40, 300);
  Key("parameters");
  const size_t parameters = random_.Between(2, 8);
  SetCount(Array(), parameters);
  for (size_t i = 0; i < parameters; ++i) {
    Object(3);
    Key("type");
    Text(4, 8);
    Key("a longer name of a property");
    Text(16, 60);
    Key("minimum");
    Number();
  }
}

}  // namespace

uint64_t Random::Next() {
  uint64_t mixed = state_ += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

size_t Random::Spread(size_t least, size_t most) {
  const auto doublings = static_cast<size_t>(std::bit_width(most / least));
  const size_t from = least << Between(0, doublings - 1);
  return Between(from, from * 2 > most ? most : from * 2);
}

std::string MakeBody(size_t bytes, uint64_t seed) {
  Writer writer(seed);
  writer.Object(3);
  writer.Key("model");
  writer.Text(10, 30);
  writer.Key("messages");
  const size_t messages_at = writer.Array();
  size_t messages = 0;
  for (; writer.size() < bytes * 3 / 4; ++messages) writer.Message();
  writer.SetCount(messages_at, messages);
  writer.Key("tools");
  const size_t tools_at = writer.Array();
  size_t tools = 0;
  for (; writer.size() < bytes; ++tools) writer.Tool();
  writer.SetCount(tools_at, tools);
  std::string body = writer.Take();
  body.shrink_to_fit();
  return body;
}

}  // namespace pool_churn
