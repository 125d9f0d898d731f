// Parts of the page (page.h).
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_PAGE_PARTS_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_PAGE_PARTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "governor/cli/recording/chart.h"
#include "governor/cli/recording/recording.h"
#include "governor/cli/recording/summary.h"

namespace memgov::cli {

extern const std::string_view kPageStyle;   // CSS
extern const std::string_view kPageScript;  // shows what is under the pointer, from the element "data"

// All charts; what the script needs of them is added to `data`, an element for the end of the page.
std::string Charts(const Recording& recording, const Summary& summary, std::string& data);

// As an element for the script: of each chart the figures at some hundred moments.
struct ReadOut {
  std::string chart;  // its id
  Quantity quantity = Quantity::kBytes;
  std::vector<ChartSeries> series;
};
std::string ReadOutData(const Recording& recording, const std::vector<ReadOut>& charts);

std::string HeadFigures(const Summary& summary);
std::string PoolTable(const Summary& summary);
std::string ReleaseTable(const Summary& summary);
// The recording's main figures at 40 moments at most.
std::string MomentTable(const Recording& recording);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_PAGE_PARTS_H_
