#include "governor/cli/recording/page.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "governor/cli/frame/html.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/recording/page_parts.h"

namespace memgov::cli {
namespace {

std::string Text(std::string_view constant) { return std::string(constant); }

// Style attributes place the labels, hence 'unsafe-inline' for styles; scripts have to know the nonce.
std::string Head(const std::string& title, const std::string& nonce) {
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src 'nonce-",
      nonce,
      "'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
      title, "</title>\n<style>", Text(kPageStyle), "</style></head>\n");
}

// "/usr/sbin/nginx": "nginx".
std::string NameOf(const Recording& recording) {
  const size_t slash = recording.command.rfind('/');
  const std::string name =
      slash == std::string::npos ? recording.command : recording.command.substr(slash + 1);
  return absl::StrCat(Html(name), " (process ", recording.pid, ")");
}

std::string About(const Recording& recording, const Summary& summary) {
  const absl::Time start = absl::FromUnixSeconds(static_cast<int64_t>(summary.from_s));
  std::string about = absl::StrCat(
      Html(recording.command), ", memgov ", Html(recording.version), ", ", Html(recording.engine),
      " engine. ", absl::FormatTime("%Y-%m-%d %H:%M:%S", start, absl::UTCTimeZone()), " UTC, for ",
      cli::FormatDuration(absl::Seconds(summary.to_s - summary.from_s)), ": ", summary.samples,
      summary.samples == 1 ? " sample" : " samples", ", one every ",
      cli::FormatDuration(absl::Seconds(recording.interval_s)), ". ");
  absl::StrAppend(&about, recording.cpus, recording.cpus == 1 ? " CPU" : " CPUs");
  if (recording.machine_bytes != 0) absl::StrAppend(&about, ", ", FormatBytes(recording.machine_bytes));
  return about + ".";
}

std::string Words(const Recording& recording, const Summary& summary) {
  std::string html = "<ul class=\"words\" id=\"summary\">\n";
  for (const std::string& sentence : InWords(recording, summary)) {
    absl::StrAppend(&html, "<li>", Html(sentence), "</li>\n");
  }
  return html + "</ul>\n";
}

std::string Tables(const Recording& recording, const Summary& summary) {
  std::string html;
  if (!summary.pools.empty())
    absl::StrAppend(&html, "<section><h2>Pools</h2>\n", PoolTable(summary), "</section>\n");
  if (!summary.released.empty()) {
    absl::StrAppend(&html, "<section><h2>Releases</h2>\n", ReleaseTable(summary), "</section>\n");
  }
  absl::StrAppend(&html, "<section><h2>Figures over time</h2>\n<details><summary>",
                  "The highest moment of each of 40 parts of the time, as a table</summary>\n",
                  MomentTable(recording), "</details></section>\n");
  return html;
}

}  // namespace

std::string MakePage(const Recording& recording, const Summary& summary, const std::string& nonce) {
  const std::string name = NameOf(recording);
  std::string data;
  std::string html = Head(absl::StrCat("memgov: ", name), nonce);
  absl::StrAppend(&html, "<body><main>\n<h1>", name, "</h1>\n<p class=\"about\">", About(recording, summary),
                  "</p>\n", HeadFigures(summary), Words(recording, summary));
  absl::StrAppend(&html, Charts(recording, summary, data), Tables(recording, summary));
  absl::StrAppend(
      &html, "<footer>Times are UTC. RSS: resident memory. Held: taken from the kernel and not given back. ",
      "Live: in use by the program. Dirty: free, but still in memory.</footer>\n</main>\n");
  absl::StrAppend(&html, "<script type=\"application/json\" id=\"data\">", data,
                  "</script>\n<script nonce=\"", nonce, "\">", Text(kPageScript),
                  "</script>\n</body></html>\n");
  return html;
}

}  // namespace memgov::cli
