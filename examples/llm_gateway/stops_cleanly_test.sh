#!/bin/sh
# stops_cleanly_test.sh llm_gateway: it prints its port, and SIGTERM and SIGINT end it with status 0.
set -eu
gateway=$1
output=$(mktemp)
pid=
trap 'rm -f "$output"; [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true' EXIT

for signal in TERM INT; do
  : >"$output"
  "$gateway" --threads=4 --connections=4 >"$output" &
  pid=$!
  tries=0
  until grep -q '^listening on 127\.0\.0\.1:[1-9][0-9]*$' "$output"; do
    tries=$((tries + 1))
    [ "$tries" -lt 300 ] || { echo "no 'listening on' line"; exit 1; }
    sleep 0.1
  done
  kill -"$signal" "$pid"
  wait "$pid" || { echo "status $? after SIG$signal"; exit 1; }
  pid=
done

for wrong in --threads=0 --port=70000 --upstream_ms=-1 --connections=x --admission=maybe --admission_queue=-1 --admission_wait_ms=-1; do
  if "$gateway" "$wrong" >"$output" 2>&1; then echo "$wrong was accepted"; exit 1; fi
  flag=${wrong#--}
  grep -q "${flag%=*}" "$output" ||
    { echo "$wrong: the message does not name it"; cat "$output"; exit 1; }
done
