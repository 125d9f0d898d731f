#!/usr/bin/env bash
# Runs a test with the mimalloc engine on another libmimalloc than the system's.
# usage: with_mimalloc.sh <libmimalloc.so.3> <LD_PRELOAD, or -> <program> [argument...]
# Skipped (77) where that library is not: tests/frame/fetch_mimalloc.sh unpacks it.
set -euo pipefail

readonly LIBRARY=$1 PRELOAD=$2
shift 2
if [[ ! -e $LIBRARY ]]; then
  echo "skipped: no $LIBRARY (tests/frame/fetch_mimalloc.sh unpacks it)"
  exit 77
fi
export MEMGOV_MIMALLOC=$LIBRARY
[[ $PRELOAD == - ]] || export LD_PRELOAD=$PRELOAD
exec "$@"
