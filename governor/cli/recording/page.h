// A recording as a page: one file of HTML that needs no network, and no script but for read-outs under the
// pointer. All text from the recording is escaped; a Content-Security-Policy forbids everything from outside,
// and every script but the page's own.
#ifndef MEMGOV_GOVERNOR_CLI_RECORDING_PAGE_H_
#define MEMGOV_GOVERNOR_CLI_RECORDING_PAGE_H_

#include <string>

#include "governor/cli/recording/recording.h"
#include "governor/cli/recording/summary.h"

namespace memgov::cli {

// Of a recording with one sample at least. `nonce` is what lets the page's script run: letters and digits
// that nobody can know beforehand. A day at a sample a second makes less than 2 MB.
std::string MakePage(const Recording& recording, const Summary& summary, const std::string& nonce);

}  // namespace memgov::cli

#endif  // MEMGOV_GOVERNOR_CLI_RECORDING_PAGE_H_
