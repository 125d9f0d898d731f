#include "governor/control/requests.h"

#include <string.h>

#include "governor/base/message.h"
#include "governor/base/text.h"

namespace memgov::control {
namespace {

constexpr int kRequests = static_cast<int>(Request::kCount);

struct Verb {
  const char* name;
  const char* argument;  // what it wants; nullptr: nothing
};
constexpr Verb kVerbs[kRequests] = {
    {"json", nullptr},    {"prometheus", nullptr},     {"config", nullptr},  {"classes", nullptr},
    {"refresh", nullptr}, {"release", "all or bytes"}, {"set", "NAME=VALUE"}};
constinit Handler handlers[kRequests] = {};

constexpr char kOk[] = "ok ";
constexpr size_t kOkBytes = sizeof kOk - 1;

// A text on one line; a newline at its end is a shell's.
bool TakeText(const char* request, size_t size, char (&text)[kMostRequestBytes + 1]) {
  if (size > 0 && request[size - 1] == '\n') --size;
  for (size_t index = 0; index < size; ++index) {
    text[index] = request[index];
    if (static_cast<unsigned char>(request[index]) < ' ' || request[index] == 0x7f) return false;
  }
  text[size] = '\0';
  return true;
}

size_t SayUnknown(char* out) {
  TextWriter text(out, kAnswerBytes);
  text.Text("error no such request; there are");
  for (const Verb& verb : kVerbs) text.Text(" ").Text(verb.name);
  return text.size();
}

size_t SayArgument(const Verb& verb, char* out) {
  TextWriter text(out, kAnswerBytes);
  text.Text("error ").Text(verb.name);
  if (verb.argument == nullptr) {
    text.Text(" takes no argument");
  } else {
    text.Text(" takes ").Text(verb.argument);
  }
  return text.size();
}

size_t Ask(Handler handler, const char* argument, char* out) {
  const Outcome outcome = handler(argument, out + kOkBytes, kAnswerBytes - kOkBytes);
  if (outcome.size > kAnswerBytes - kOkBytes) return WriteError("the answer is too long", out, kAnswerBytes);
  if (outcome.ok) {
    memcpy(out, kOk, kOkBytes);
    return kOkBytes + outcome.size;
  }
  char why[480];
  const size_t size = outcome.size < sizeof why - 1 ? outcome.size : sizeof why - 1;
  memcpy(why, out + kOkBytes, size);
  why[size] = '\0';
  return WriteError(why, out, kAnswerBytes);
}

}  // namespace

void SetHandler(Request request, Handler handler) { handlers[static_cast<int>(request)] = handler; }

size_t WriteError(const char* why, char* out, size_t capacity) {
  TextWriter text(out, capacity);
  return text.Text("error ").Text(why).size();
}

size_t AnswerRequest(const char* request, size_t size, char* out) {
  char text[kMostRequestBytes + 1];
  if (size > kMostRequestBytes) return WriteError("a request has at most 256 bytes", out, kAnswerBytes);
  if (!TakeText(request, size, text)) return WriteError("a request is one line of text", out, kAnswerBytes);
  for (int index = 0; index < kRequests; ++index) {
    const char* rest = SkipPrefix(text, kVerbs[index].name);
    if (rest == nullptr || (*rest != '\0' && *rest != ' ')) continue;
    const char* argument = *rest == ' ' ? rest + 1 : rest;
    if ((*argument != '\0') != (kVerbs[index].argument != nullptr)) return SayArgument(kVerbs[index], out);
    if (handlers[index] == nullptr)
      return WriteError("this process has no answer to that", out, kAnswerBytes);
    return Ask(handlers[index], argument, out);
  }
  return SayUnknown(out);
}

}  // namespace memgov::control
