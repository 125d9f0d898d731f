#!/usr/bin/env bash
# Unpacks Debian 11's libc (glibc 2.31) and a few of its programs into a folder: nothing of it is installed.
# usage: fetch_old_libc.sh <folder>      Needs apt and the network once; a filled folder is left as it is.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/debian_packages.sh"

readonly FOLDER=$1
readonly PACKAGES=(libc6 bash dash coreutils libtinfo6 libselinux1 libpcre2-8-0 libacl1 libattr1 libgmp10 libgcc-s1
  libstdc++6 libcrypt1 zlib1g libexpat1 perl-base python3.9-minimal libpython3.9-minimal libssl1.1)

[[ ! -e $FOLDER/complete ]] || exit 0
unpack_packages "$FOLDER" bullseye "${PACKAGES[@]}"
touch "$FOLDER/complete"
