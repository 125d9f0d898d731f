#include "governor/cli/launch/judgement_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/launch/comparison_text.h"

namespace memgov::cli {
namespace {

size_t CountOf(const Judgement& judgement, Outcome outcome) {
  return static_cast<size_t>(
      std::count_if(judgement.findings.begin(), judgement.findings.end(),
                    [&](const Finding& finding) { return finding.outcome == outcome; }));
}

const char* MarkOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "ok    ";
    case Outcome::kFailed:
      return "FAIL  ";
    case Outcome::kNotJudged:
      return "-     ";
  }
  return "";
}

nlohmann::json ToJson(const Finding& finding) {
  nlohmann::json json = {{"name", finding.name}, {"passed", nullptr}, {"detail", finding.detail}};
  if (finding.outcome != Outcome::kNotJudged) json["passed"] = finding.outcome == Outcome::kPassed;
  if (finding.bytes.has_value()) json["bytes"] = *finding.bytes;
  if (finding.limit.has_value()) json["limit_bytes"] = *finding.limit;
  return json;
}

std::string TestCase(const Finding& finding) {
  const std::string detail = XmlEscape(finding.detail);
  const std::string begin =
      absl::StrCat("    <testcase classname=\"memgov.check\" name=\"", XmlEscape(finding.name), "\"");
  if (finding.outcome == Outcome::kNotJudged) {
    return absl::StrCat(begin, ">\n      <skipped message=\"", detail, "\"/>\n    </testcase>\n");
  }
  if (finding.outcome == Outcome::kPassed) {
    return absl::StrCat(begin, ">\n      <system-out>", detail, "</system-out>\n    </testcase>\n");
  }
  return absl::StrCat(begin, ">\n      <failure message=\"", detail, "\" type=\"memgov\">", detail,
                      "</failure>\n    </testcase>\n");
}

}  // namespace

std::string JudgementAsText(const Judgement& judgement) {
  std::string text;
  for (const Finding& finding : judgement.findings) {
    absl::StrAppend(&text, MarkOf(finding.outcome), finding.name, ": ", finding.detail, "\n");
  }
  const Trial& trial = judgement.trial;
  const std::string idle =
      trial.last_bytes.has_value() ? "idle " + FormatBytes(*trial.last_bytes) : WhyNoIdle(trial);
  absl::StrAppend(&text, "      measured: peak ", trial.peak_seen_bytes.has_value() ? "no more than " : "",
                  FormatBytes(trial.peak_bytes), ", ", idle, ", ", trial.most_processes,
                  trial.most_processes == 1 ? " process" : " processes", "\n");
  return absl::StrCat(text, judgement.passed() ? "passed" : "failed", "\n");
}

std::string JudgementAsJson(const Judgement& judgement) {
  nlohmann::json findings = nlohmann::json::array();
  for (const Finding& finding : judgement.findings) findings.push_back(ToJson(finding));
  return Dump({{"command", judgement.command},
               {"passed", judgement.passed()},
               {"measured", cli::ToJson(judgement.trial)},
               {"findings", std::move(findings)}}) +
         "\n";
}

std::string JudgementAsJunit(const Judgement& judgement) {
  const std::string counts = absl::StrFormat(
      "tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.3f\"", judgement.findings.size(),
      CountOf(judgement, Outcome::kFailed), CountOf(judgement, Outcome::kNotJudged), judgement.trial.seconds);
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  absl::StrAppend(&xml, "<testsuites ", counts, ">\n  <testsuite name=\"memgov check\" ", counts, ">\n");
  absl::StrAppend(&xml, "    <properties>\n      <property name=\"command\" value=\"",
                  XmlEscape(absl::StrJoin(judgement.command, " ")),
                  "\"/>\n      <property name=\"peak_bytes\" value=\"", judgement.trial.peak_bytes, "\"/>\n");
  if (judgement.trial.last_bytes.has_value()) {
    absl::StrAppend(&xml, "      <property name=\"idle_bytes\" value=\"", *judgement.trial.last_bytes,
                    "\"/>\n");
  }
  absl::StrAppend(&xml, "    </properties>\n");
  for (const Finding& finding : judgement.findings) absl::StrAppend(&xml, TestCase(finding));
  return absl::StrCat(xml, "  </testsuite>\n</testsuites>\n");
}

std::string XmlEscape(const std::string& text) {
  // U+FFFE and U+FFFF are characters of UTF-8, but not of XML (https://www.w3.org/TR/xml/#charsets).
  return absl::StrReplaceAll(Printable(text), {{"&", "&amp;"},
                                               {"<", "&lt;"},
                                               {">", "&gt;"},
                                               {"\"", "&quot;"},
                                               {"'", "&apos;"},
                                               {"\xEF\xBF\xBE", "\\xef\\xbf\\xbe"},
                                               {"\xEF\xBF\xBF", "\\xef\\xbf\\xbf"}});
}

}  // namespace memgov::cli
