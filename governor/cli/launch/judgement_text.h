// A judgement for people, for CI systems that read JUnit's XML, and as JSON.
//
// Safety: pure functions.
#ifndef MEMGOV_GOVERNOR_CLI_LAUNCH_JUDGEMENT_TEXT_H_
#define MEMGOV_GOVERNOR_CLI_LAUNCH_JUDGEMENT_TEXT_H_

#include <string>

#include "governor/cli/launch/judgement.h"

namespace memgov::cli {

std::string JudgementAsText(const Judgement& judgement);
std::string JudgementAsJson(const Judgement& judgement);
// One test suite, a test case for each finding.
std::string JudgementAsJunit(const Judgement& judgement);

// Text for an attribute or an element: markup escaped, and what XML 1.0 does not allow spelt out as \xNN.
std::string XmlEscape(const std::string& text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_LAUNCH_JUDGEMENT_TEXT_H_
