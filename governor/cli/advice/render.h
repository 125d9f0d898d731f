// Advice in the form that somebody asked for.
#ifndef MEMGOV_GOVERNOR_CLI_ADVICE_RENDER_H_
#define MEMGOV_GOVERNOR_CLI_ADVICE_RENDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "governor/cli/advice/measurement.h"
#include "governor/cli/advice/sizing.h"

namespace memgov::cli {

struct Advice {
  Measurement seen;
  Sizing sizing;
  int workers = 0;  // that the container is sized for; 0: as measured
  std::vector<std::string> doubts;
  std::string object;         // absolute path of the object, on this machine
  bool object_found = false;  // else `object` is where an installed one would be
};

// Each ends with a newline. "M" and "G" mean 1024 to Docker, Compose, systemd and memgov, and 1000 to
// Kubernetes, whose "Mi" is 1024-based.
std::string AdviceText(const Advice& advice);
std::string AdviceCompose(const Advice& advice);     // a Compose file to merge
std::string AdviceKubernetes(const Advice& advice);  // a patch of a Deployment
std::string AdviceSystemd(const Advice& advice);     // a drop-in of a service
std::string AdviceJson(const Advice& advice);

// "peak RSS 312.4 MB, the highest of 720 samples in 12 min": what all figures come from.
std::string SourceOf(const Advice& advice);

// A name for a service or a container, from a command's: a DNS label (RFC 1123), "gateway" where nothing is
// left.
std::string ServiceName(std::string_view command);

// Lines of at most 78 columns, each beginning with `indent`; `first` before the first one instead.
std::string Wrapped(std::string_view text, std::string_view first, std::string_view indent);

// `text` in YAML's double quotes, which are JSON's.
std::string YamlString(std::string_view text);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_ADVICE_RENDER_H_
