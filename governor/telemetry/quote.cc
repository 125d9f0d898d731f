#include "governor/telemetry/quote.h"

namespace memgov {
namespace {

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The least and the most second byte that may follow a first one: no overlong forms, no surrogates, nothing
// beyond U+10FFFF (RFC 3629, section 4).
bool IsSecond(unsigned char first, char c) {
  const unsigned char second = static_cast<unsigned char>(c);
  switch (first) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return IsContinuation(c);
  }
}

char HexDigit(unsigned value) { return "0123456789abcdef"[value & 15]; }

void WriteByte(const char* prefix, char c, TextWriter& out) {
  const unsigned value = static_cast<unsigned char>(c);
  const char digits[] = {HexDigit(value >> 4), HexDigit(value), '\0'};
  out.Text(prefix).Text(digits);
}

void WriteSequence(const char* text, size_t length, TextWriter& out) {
  char sequence[5] = {};
  for (size_t index = 0; index < length; ++index) sequence[index] = text[index];
  out.Text(sequence);
}

// Quotation mark and backslash are escaped alike in both.
void WriteQuoted(const char* text, const char* control_prefix, TextWriter& out) {
  out.Text("\"");
  while (*text != '\0') {
    const size_t length = Utf8Length(text);
    const unsigned char c = static_cast<unsigned char>(*text);
    if (length == 0) {
      WriteByte("\\\\x", *text, out);
    } else if (c < 0x20 || c == 0x7F) {
      WriteByte(control_prefix, *text, out);
    } else {
      if (c == '"' || c == '\\') out.Text("\\");
      WriteSequence(text, length, out);
    }
    text += length == 0 ? 1 : length;
  }
  out.Text("\"");
}

}  // namespace

size_t Utf8Length(const char* text) {
  const unsigned char first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !IsSecond(first, text[1])) return 0;
  if (first < 0xE0) return 2;
  if (!IsContinuation(text[2])) return 0;
  if (first < 0xF0) return 3;
  return IsContinuation(text[3]) ? 4 : 0;
}

void WriteJsonString(const char* text, TextWriter& out) { WriteQuoted(text, "\\u00", out); }

// The format knows three escapes, of which a name on one line needs two
// (https://prometheus.io/docs/instrumenting/exposition_formats/); other control characters are spelt out.
void WriteLabelValue(const char* text, TextWriter& out) { WriteQuoted(text, "\\\\x", out); }

}  // namespace memgov
