#!/usr/bin/env bash
# setup.sh: from a fresh clone to a built, tested or demonstrated memgov. './setup.sh help' says how.
set -euo pipefail

ROOT="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
JOBS="${MEMGOV_JOBS:-$(nproc)}"
readonly ROOT JOBS

# A closed stdin would hand descriptor 0 to the first file opened; sudo asks on the terminal itself.
exec </dev/null
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

# Debian 12 packages: each name, and what it is here for.
readonly PACKAGES=(
  build-essential       # g++ 12, libc headers
  cmake                 # 3.25: presets
  ninja-build           # the generator that the presets name
  pkg-config            # finds libraries that ship no CMake package
  binutils              # nm, readelf: the tests that read the objects
  python3               # test and benchmark scripts; a program under test
  libmimalloc-dev       # engine "mimalloc": the tests compare what is known of it with its headers
  libmimalloc2.0        # engine "mimalloc" at run time; as itself, a peer
  libabsl-dev           # tools, examples and benchmarks (never the preloaded objects)
  libcli11-dev          # command lines of the memgov tool and of the benchmarks
  libcpp-httplib-dev    # HTTP in the exporter, the example gateway and its load generator
  nlohmann-json3-dev    # JSON in the tool and in the same
  libgtest-dev          # unit tests
  libgmock-dev          # unit tests: matchers
  libbenchmark-dev      # micro benchmarks
  libjemalloc2          # peer in every comparison
  libtcmalloc-minimal4  # peer in every comparison
  git                   # program under test
  perl                  # program under test
  sqlite3               # program under test
  nginx                 # program under test; started by the tests only
  wrk                   # load for nginx
  redis-server          # program under test; started by the tests only
  redis-tools           # redis-benchmark, its load
  prometheus            # scrapes the exporter in the tests; promtool checks rules and metrics
  chromium              # opens the report in the tests
  valgrind              # stands in front of memgov in a test
  tmux                  # drives 'memgov top' in the tests
  haproxy               # program under test; started by the tests only
  mypy                  # checks the types of the Python package in the tests
  python3-fastapi python3-uvicorn python3-httpx gunicorn  # the Python gateway, and what asks it in the tests
  cargo rustc           # the tokio gateway, a program under test, and what it is made of
  librust-hyper-dev librust-serde-json-dev librust-tokio-dev
)

# Only for people who change memgov.
readonly DEVELOPER_PACKAGES=(
  clang-format  # .clang-format
  clang-tidy    # .clang-tidy
  shellcheck    # the shell scripts
)

# What must be on the PATH where there is no dpkg to ask.
readonly TOOLS=(g++ cmake ninja pkg-config readelf python3 git perl sqlite3 nginx wrk redis-server redis-benchmark)

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s [%dm%02ds]\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }
fail() {
  printf 'setup.sh: %s\n' "$*" >&2
  exit 1
}

usage() {
  cat <<'TEXT'
usage: ./setup.sh <command>
  demo [options]  install, build, and compare allocators under a real gateway (table, JSON, SVG); then an overload
                  in a memory limit of 256 MiB: glibc is killed, memgov sheds what does not fit (30 s; without the
                  right to make a cgroup, with MEMGOV_BUDGET=256M instead);
                  options go to 'gateway_load compare', such as --seconds 2
  test [--all]    install, build, and run the tests; --all adds the long ones, tsan and the debug build
  bench           install, build, and run the micro and start-up benchmarks under every allocator
  engine-choice   install, build, and judge the engines and their peers on every load (most of an hour): tables in
                  docs/engine-choice.md; options such as --runs 3, --seconds 5, --quick
  engines         install, build, and measure the engines for the table in docs/engines.md (about 10 minutes)
  build [preset]  install and build: release (default), debug, asan or tsan
  install [--dev] the Debian packages; --dev adds what people who change memgov need
  help            this text
MEMGOV_JOBS=<n> bounds the parallel jobs (default: all processors).
TEXT
}

is_debian_12() {
  [[ -r /etc/os-release ]] && (
    # shellcheck source=/dev/null
    . /etc/os-release
    [[ ${ID:-} == debian && ${VERSION_ID:-} == 12 ]]
  )
}

# Prints those of the packages named that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || say "$package"
  done
}

missing_tools() {
  local tool
  for tool in "${TOOLS[@]}"; do
    PATH="$PATH:/usr/sbin" command -v "$tool" >/dev/null || say "$tool"
  done
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

can_become_root() {
  ((EUID == 0)) || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { : >/dev/tty; } 2>/dev/null; }; }
}

readonly POLICY=/usr/sbin/policy-rc.d

unblock_services() { as_root rm -f "$POLICY"; }

# Packages with a server start it when they are installed; our tests start their own, elsewhere.
block_services() {
  [[ -e $POLICY ]] && return
  trap unblock_services EXIT
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" >/dev/null
  as_root chmod 755 "$POLICY"
}

# Not at the next boot either. Only for a server that this run installed: the others are the machine's business.
disable_new_service() {
  local service=$1
  shift
  [[ " $* " == *" $service "* ]] || return 0
  as_root update-rc.d "$service" disable >/dev/null 2>&1 || true
}

install_missing() {
  step "installing: $*"
  block_services
  as_root apt-get -q update
  as_root env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
    apt-get -q install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
  disable_new_service nginx "$@"
  disable_new_service redis-server "$@"
  disable_new_service prometheus "$@"
  disable_new_service haproxy "$@"
}

# Other systems: no list of theirs is kept here; their tools may be there all the same.
install_elsewhere() {
  local missing
  say "This is not Debian 12. memgov needs what these Debian packages hold:"
  printf '  %s\n' "${PACKAGES[*]}"
  mapfile -t missing < <(missing_tools)
  ((${#missing[@]} == 0)) || fail "not on the PATH: ${missing[*]}. Install them (or use a Debian 12 container) and come back."
  say "The tools are there; going on. The configure step names any library that is not."
}

install_packages() {
  local wanted=("${PACKAGES[@]}") missing
  [[ ${1:-} == --dev ]] && wanted+=("${DEVELOPER_PACKAGES[@]}")
  if ! is_debian_12; then
    install_elsewhere
    return
  fi
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  if ((${#missing[@]} == 0)); then
    say "All packages are installed."
    return
  fi
  can_become_root || fail "missing packages, and neither root nor sudo to install them. As root, run:
  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  install_missing "${missing[@]}"
}

# Runs a command of a preset. The sanitizers of g++ 12 do not start, or not always, where the kernel randomises addresses
# by more than 28 bits; the build runs test programs too, to list their tests.
of_preset() {
  local preset=$1
  shift
  if [[ $preset == [at]san ]] && setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi
}

# build [preset [target...]]
build() {
  local preset=${1:-release} targets=(all)
  (($# < 2)) || targets=("${@:2}")
  step "building: $preset, ${targets[*]}"
  (cd "$ROOT" && cmake --preset "$preset" &&
    of_preset "$preset" cmake --build --preset "$preset" -j "$JOBS" --target "${targets[@]}")
}

# What the tests that failed printed, once more: after a thousand lines nobody finds it where it was.
show_failed() {
  local logs="$ROOT/build/$1/Testing/Temporary" name
  [[ -r $logs/LastTestsFailed.log ]] || return 0
  step "failed: $1"
  while IFS=: read -r _ name; do
    say "-- $name"
    awk -v name="$name" '
      $2 == "Testing:" { shown = substr($0, index($0, "Testing: ") + 9) == name }
      shown
    ' "$logs/LastTest.log" | tail -n 60
  done <"$logs/LastTestsFailed.log"
}

run_tests() {
  local preset=$1 status=0
  shift
  step "testing: $preset $*"
  # One more than processors: many tests wait.
  (cd "$ROOT" && of_preset "$preset" ctest --preset "$preset" -j "$((JOBS + 1))" "$@") || status=$?
  ((status == 0)) || show_failed "$preset"
  return "$status"
}

# Debian 11's libc for one test, mimalloc 3 of a newer Debian for the engine's; without the network they skip, and say so.
fetch_older_and_newer() {
  step "unpacking an older libc into build/old-libc"
  bash "$ROOT/tests/frame/fetch_old_libc.sh" "$ROOT/build/old-libc" || say "not to be had: its test will be skipped"
  step "unpacking a newer mimalloc into build/mimalloc-3"
  bash "$ROOT/tests/frame/fetch_mimalloc.sh" "$ROOT/build/mimalloc-3" || say "not to be had: its tests will be skipped"
}

# The unit tests of what is inside a governed process run under the address sanitizer, all else optimised; --all adds the
# tool's, the thread sanitizer, the debug build, and what is long.
command_test() {
  local all=${1:-}
  [[ -z $all || $all == --all ]] || fail "test: unknown argument '$all' (allowed: --all)"
  install_packages
  if [[ -z $all ]]; then
    build asan governor_unit_tests governor_fuzz_tests
    run_tests asan -L '^(unit|fuzz)$' -LE '^(long|tool)$' -E '_NOT_BUILT$'
    build release
    run_tests release -LE '^(long|unit)$' -E '_NOT_BUILT$'
    return
  fi
  fetch_older_and_newer
  build asan all unit_tests
  run_tests asan -L '^(unit|fuzz)$' -LE '^long$'
  run_tests asan -L '^stress$' -LE '^long$'
  build tsan all governor_unit_tests
  run_tests tsan -L '^(unit|stress)$' -LE '^long$'
  build debug all governor_unit_tests
  run_tests debug -LE '^long$' -E '_NOT_BUILT$'
  build release all unit_tests
  run_tests release
}

# The load is the same for both; neither is compared with a roomier limit here (that is benchmarks/overload's job).
demo_overload() {
  local out=$1
  step "second act: an overload that needs 1 GiB, in a limit of 256 MiB"
  "$ROOT/build/release/benchmarks/overload/overload" --limit-by auto --limit 256M --no-roomy --seconds 4 \
    --allocators glibc,memgov --json "$out/overload.json"
}

command_demo() {
  install_packages
  build release
  step "comparing allocators under the example gateway"
  local out="$ROOT/build/demo"
  mkdir -p "$out"
  "$ROOT/build/release/benchmarks/gateway_load/gateway_load" compare \
    --json "$out/compare.json" --svg "$out/compare.svg" "$@"
  say ""
  say "figures: $out/compare.json"
  say "chart:   $out/compare.svg"
  demo_overload "$out"
  say ""
  say "figures: $out/overload.json"
}

command_bench() {
  install_packages
  build release
  local out="$ROOT/build/bench"
  mkdir -p "$out"
  step "micro benchmarks"
  python3 "$ROOT/benchmarks/micro/compare.py" --build "$ROOT/build/release" --json "$out/micro.json"
  step "start-up cost"
  python3 "$ROOT/benchmarks/micro/startup.py" --build "$ROOT/build/release" --json "$out/startup.json"
}

command_engine_choice() {
  local program=("$ROOT/benchmarks/engine_choice/engine_choice.py" --build "$ROOT/build/release"
    --out "$ROOT/build/engine-choice" --page "$ROOT/docs/engine-choice.md" "$@")
  install_packages
  python3 -B "${program[@]}" --check
  [[ " $* " != *" --help "* && " $* " != *" -h "* ]] || return 0
  build release
  step "comparing engines and peers on every load"
  python3 -B "${program[@]}"
}

command_engines() {
  local program=("$ROOT/benchmarks/engine_table/engine_table.py" --build "$ROOT/build/release"
    --out "$ROOT/build/engine-table" --page "$ROOT/docs/engines.md" "$@")
  install_packages
  python3 -B "${program[@]}" --check
  [[ " $* " != *" --help "* && " $* " != *" -h "* ]] || return 0
  fetch_older_and_newer
  build release
  step "measuring the engines"
  python3 -B "${program[@]}"
}

main() {
  local command=${1:-help}
  shift || true
  case $command in
    demo) command_demo "$@" ;;
    test) command_test "$@" ;;
    bench) command_bench "$@" ;;
    engine-choice) command_engine_choice "$@" ;;
    engines) command_engines "$@" ;;
    build)
      install_packages
      build "$@"
      ;;
    install) install_packages "$@" ;;
    help | -h | --help) usage ;;
    *)
      usage >&2
      fail "unknown command '$command'"
      ;;
  esac
}

main "$@"
