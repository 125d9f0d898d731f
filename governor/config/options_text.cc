// Options as people read them: what is allowed, what is in force, the table.
#include "governor/base/message.h"
#include "governor/base/os.h"
#include "governor/config/options.h"
#include "governor/config/parse.h"
#include "governor/config/pool_rules.h"

namespace memgov::options {
namespace {

void DescribeChoice(const char* choices, int64_t position, TextWriter& out) {
  if (position < 0) {
    out.Text("-");
    return;
  }
  for (; position > 0; --position) {
    while (*choices++ != '|') {
    }
  }
  char letter[2] = {};
  for (; *choices != '\0' && *choices != '|'; ++choices) {
    letter[0] = *choices;
    out.Text(letter);
  }
}

void DescribeBudget(int64_t value, TextWriter& out) {
  if (value == kBudgetAuto) {
    out.Text("auto");
  } else if (value == kBudgetOff) {
    out.Text("off");
  } else if (value < 0) {
    out.Number(static_cast<uint64_t>(-value)).Text("%");
  } else {
    out.Bytes(static_cast<uint64_t>(value));
  }
}

void DescribeDuration(int64_t value, TextWriter& out) {
  if (value == 0) {
    out.Text("off");
  } else if (value == kReportAtExit) {
    out.Text("exit");
  } else {
    out.Duration(static_cast<uint64_t>(value));
  }
}

// One option at a time: 1 KiB of the host's stack.
void PrintOption(const OptionSpec& spec) {
  TextBuffer<1024> out;
  out.Text("  ").Text(spec.name).Column(24).Text(*spec.default_text != '\0' ? spec.default_text : "-");
  out.Column(30).Text(spec.help).Line().Column(30).Text("allowed: ");
  DescribeAllowed(spec, out);
  if (spec.change == OptionChange::kLive) out.Text("; also while it runs, by memgov set");
  out.Line();
  EmitText(out);
}

}  // namespace

void DescribeAllowed(const OptionSpec& spec, TextWriter& out) {
  switch (spec.type) {
    case OptionType::kSwitch:
      out.Text("0 or 1 (off, on)");
      break;
    case OptionType::kChoice:
      out.Text(spec.choices);
      break;
    case OptionType::kCount:
      out.Text("a number from ").Number(static_cast<uint64_t>(spec.least)).Text(" to ");
      out.Number(static_cast<uint64_t>(spec.most));
      break;
    case OptionType::kBytes:
      out.Text("bytes such as 64M (K, M, G, T), at least ").Bytes(static_cast<uint64_t>(spec.least));
      break;
    case OptionType::kDuration:
      out.Text("a duration such as 10s (ms, s, m, h), at least ");
      out.Duration(static_cast<uint64_t>(spec.least)).Text(", or off");
      break;
    case OptionType::kMilliseconds:
      out.Text("milliseconds, or a duration such as 2s, at least ");
      out.Duration(static_cast<uint64_t>(spec.least)).Text(", or 0");
      break;
    case OptionType::kReport:
      out.Text("off, exit, or a duration of at least ").Duration(static_cast<uint64_t>(spec.least));
      break;
    case OptionType::kBudget:
      out.Text("auto, off, bytes such as 512M of at least ").Bytes(static_cast<uint64_t>(spec.least));
      out.Text(", or 1% to 100% of the container");
      break;
    case OptionType::kShare:
      out.Text("bytes such as 400M of at least ").Bytes(static_cast<uint64_t>(spec.least));
      out.Text(", or 1% to 100% of the hard budget");
      break;
    case OptionType::kPath:
      out.Text("an absolute path of at most ").Number(static_cast<uint64_t>(spec.most)).Text(" bytes");
      break;
    case OptionType::kLibrary:
      out.Text("an absolute path or a name without a slash, of at most ");
      out.Number(static_cast<uint64_t>(spec.most)).Text(" bytes");
      break;
    case OptionType::kRules:
      out.Text("glob=pool;glob=pool:512M with pool names of 1 to 31 bytes, budgets of at least ");
      out.Bytes(static_cast<uint64_t>(kLeastPoolBudget)).Text(", one for a pool, 64 in all");
      break;
    case OptionType::kGroup:
      out.Text("a group's name or number");
      break;
    case OptionType::kFault:
      out.Text("call@n or call@n+ with a call of");
      for (int call = 0; os::CallName(static_cast<os::Call>(call)) != nullptr; ++call) {
        out.Text(" ").Text(os::CallName(static_cast<os::Call>(call)));
      }
      break;
  }
}

void DescribeNumber(const OptionSpec& spec, int64_t number, TextWriter& out) {
  switch (spec.type) {
    case OptionType::kSwitch:
      out.Text(number != 0 ? "on" : "off");
      break;
    case OptionType::kChoice:
      DescribeChoice(spec.choices, number, out);
      break;
    case OptionType::kCount:
      out.Number(static_cast<uint64_t>(number));
      break;
    case OptionType::kBytes:
      out.Bytes(static_cast<uint64_t>(number));
      break;
    case OptionType::kDuration:
    case OptionType::kMilliseconds:
    case OptionType::kReport:
      DescribeDuration(number, out);
      break;
    case OptionType::kBudget:
    case OptionType::kShare:
      DescribeBudget(number, out);
      break;
    case OptionType::kPath:
    case OptionType::kLibrary:
    case OptionType::kRules:
    case OptionType::kGroup:
    case OptionType::kFault:
      break;
  }
}

void Describe(Option option, TextWriter& out) {
  const OptionSpec& spec = Spec(option);
  switch (spec.type) {
    case OptionType::kPath:
    case OptionType::kLibrary:
    case OptionType::kRules:
    case OptionType::kGroup:
    case OptionType::kFault:
      out.Text(*GetText(option) != '\0' ? GetText(option) : "-");
      break;
    default:
      DescribeNumber(spec, Get(option), out);
      break;
  }
}

void PrintHelp() {
  TextBuffer<96> head;
  head.Text("memgov: options, set in the environment of the preloaded program").Line();
  EmitText(head);
  for (int index = 0; index < static_cast<int>(Option::kCount); ++index) {
    PrintOption(Spec(static_cast<Option>(index)));
  }
}

}  // namespace memgov::options
