#!/usr/bin/env bash
# Unpacks mimalloc 3.6, library and headers, of the first Debian release that has it into a folder; nothing of
# it is installed. Its library asks for no newer C library than Debian 12's.
# usage: fetch_mimalloc.sh <folder>      Needs apt and the network once; a filled folder is left as it is.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/debian_packages.sh"

readonly FOLDER=$1
readonly RELEASES=(trixie forky sid)

# "#define MI_MALLOC_VERSION 30600": major, then two digits each.
header_version() {
  sed -n 's/^#define MI_MALLOC_VERSION \([0-9]\{5,6\}\).*/\1/p' "$FOLDER/root/usr/include/mimalloc.h" 2>/dev/null || true
}

[[ ! -e $FOLDER/complete ]] || exit 0
for release in "${RELEASES[@]}"; do
  unpack_packages "$FOLDER" "$release" libmimalloc3 libmimalloc-dev || continue
  version=$(header_version)
  [[ ${version:-0} -ge 30600 && $version -le 30699 ]] || continue
  library=$(echo "$FOLDER"/root/usr/lib/*/libmimalloc.so.3)
  ln -sfn "${library#"$FOLDER"/}" "$FOLDER/libmimalloc.so.3"
  touch "$FOLDER/complete"
  echo "mimalloc $version from Debian $release"
  exit 0
done
echo "fetch_mimalloc.sh: no mimalloc 3.6 in ${RELEASES[*]}" >&2
exit 1
