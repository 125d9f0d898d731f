#include "governor/cli/show/top.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "governor/cli/frame/exit_codes.h"
#include "governor/cli/frame/output.h"
#include "governor/cli/show/ps.h"
#include "governor/cli/show/screen.h"
#include "governor/cli/show/top_frame.h"
#include "governor/cli/show/top_keys.h"

namespace memgov::cli {
namespace {

constexpr size_t kPage = 10;

// Looks at all processes; remembers which one is selected.
class Watch {
 public:
  explicit Watch(std::string sort) : sort_(std::move(sort)) {}

  void Look() {
    problems_.clear();
    processes_ = ListGoverned(&problems_);
    const Clocks now = Clocks::Now();
    frame_.rows.clear();
    for (const Governed& process : processes_)
      frame_.rows.push_back(RowOf(process, proc_, users_, now, false));
    frame_.unreadable = problems_.size();
    frame_.time = absl::FormatTime("%H:%M:%S", absl::Now(), absl::LocalTimeZone());
    Arrange();
  }

  void Press(const Key& key) {
    if (key.kind == KeyKind::kSort) {
      sort_ = key.sort;
      Arrange();
      return;
    }
    const size_t step = key.kind == KeyKind::kPageUp || key.kind == KeyKind::kPageDown ? kPage : 1;
    const bool is_up = key.kind == KeyKind::kUp || key.kind == KeyKind::kPageUp;
    const size_t last = frame_.rows.empty() ? 0 : frame_.rows.size() - 1;
    const size_t up = frame_.selected < step ? 0 : frame_.selected - step;
    Select(is_up ? up : std::min(last, frame_.selected + step));
  }

  const TopFrame& frame() const { return frame_; }
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  // The selected process stays selected wherever it goes; when it has ended, its place in the list.
  void Arrange() {
    SortRows(frame_.rows, sort_);
    frame_.sort = sort_;
    const auto found = std::find_if(frame_.rows.begin(), frame_.rows.end(),
                                    [this](const ProcessRow& row) { return row.pid == selected_pid_; });
    const size_t place =
        found == frame_.rows.end() ? frame_.selected : static_cast<size_t>(found - frame_.rows.begin());
    Select(std::min(place, frame_.rows.empty() ? 0 : frame_.rows.size() - 1));
  }

  void Select(size_t place) {
    frame_.selected = place;
    frame_.reading = Reading();
    if (place >= frame_.rows.size()) return;
    const int pid = frame_.rows[place].pid;
    // Until somebody selects one, the first is shown, whichever that is.
    const bool is_first = selected_pid_ == 0 && place == 0;
    selected_pid_ = is_first ? 0 : pid;
    for (const Governed& process : processes_) {
      if (process.pid == pid) frame_.reading = process.reading;
    }
  }

  Proc proc_;
  UserNames users_;
  std::string sort_;
  int selected_pid_ = 0;
  std::vector<std::string> problems_;
  std::vector<Governed> processes_;
  TopFrame frame_;
};

// Signals as bytes of a descriptor: none interrupts a frame, and all of the ending is in one place.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP}) sigaddset(&set_, number);
    sigprocmask(SIG_BLOCK, &set_, &before_);
    descriptor_ = signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~Signals() {
    close(descriptor_);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int descriptor() const { return descriptor_; }
  // 0: none.
  int Next() const {
    signalfd_siginfo info{};
    return read(descriptor_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
  int descriptor_ = -1;
};

enum class Wish { kNone, kRedraw, kEnd };

// Ctrl-Z: the shell gets its terminal back as it was.
void Suspend(Screen& screen) {
  screen.Leave();
  kill(getpid(), SIGSTOP);
  screen.Enter();
}

Wish TakeSignals(const Signals& signals, Screen* screen) {
  Wish wish = Wish::kNone;
  for (int number = signals.Next(); number != 0; number = signals.Next()) {
    if (number == SIGTSTP && screen != nullptr) {
      Suspend(*screen);
    } else if (number == SIGTSTP) {
      kill(getpid(), SIGSTOP);
    } else if (number != SIGWINCH) {
      return Wish::kEnd;
    }
    wish = Wish::kRedraw;
  }
  return wish;
}

Wish TakeKeys(Watch& watch) {
  char bytes[64];
  const ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
  if (size <= 0) return Wish::kEnd;  // it was readable: the terminal is gone
  for (const Key& key : ParseKeys({bytes, static_cast<size_t>(size)})) {
    if (key.kind == KeyKind::kQuit) return Wish::kEnd;
    watch.Press(key);
  }
  return Wish::kRedraw;
}

using SteadyTime = std::chrono::steady_clock::time_point;

int MillisecondsUntil(SteadyTime due) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(due - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, INT32_MAX));
}

// Until `due`, or until something is wished. `screen` nullptr: nobody presses keys.
Wish Wait(const Signals& signals, Screen* screen, Watch& watch, SteadyTime due) {
  pollfd descriptors[] = {{signals.descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  const nfds_t count = screen != nullptr && screen->HasKeys() ? 2 : 1;
  if (poll(descriptors, count, MillisecondsUntil(due)) <= 0) return Wish::kNone;
  return descriptors[0].revents != 0 ? TakeSignals(signals, screen) : TakeKeys(watch);
}

bool PrintPlain(const Watch& watch, bool is_first, bool json) {
  if (json) {
    std::cout
        << PsJson(watch.frame().rows, watch.problems()).dump(-1, ' ', false, Json::error_handler_t::replace)
        << "\n";
  } else {
    const ScreenSize size = {.width = TerminalWidth(), .height = 0};
    if (!is_first) std::cout << "\n";
    for (const ScreenLine& line : RenderTop(watch.frame(), size, TerminalIsUtf8()))
      std::cout << line.text << "\n";
  }
  std::cout.flush();
  return std::cout.good();
}

}  // namespace

int RunTop(const TopOptions& options) {
  const Signals signals;
  Watch watch(options.sort);
  Screen screen;
  const bool has_screen = Screen::IsPossible() && !options.json && options.count == 0;
  if (has_screen) screen.Enter();
  const bool colour = UseColour();
  const auto draw = [&] {
    return screen.Draw(RenderTop(watch.frame(), Screen::Size(), TerminalIsUtf8()), colour);
  };
  for (int64_t shown = 1;; ++shown) {
    const SteadyTime due = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(options.interval);
    watch.Look();
    if (!(has_screen ? draw() : PrintPlain(watch, shown == 1, options.json))) return kOk;
    if (shown == options.count) return kOk;
    Wish wish = Wish::kNone;
    while ((wish = Wait(signals, has_screen ? &screen : nullptr, watch, due)) != Wish::kNone) {
      if (wish == Wish::kEnd || (has_screen && !draw())) return kOk;
    }
  }
}

}  // namespace memgov::cli
