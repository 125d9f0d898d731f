#!/usr/bin/env bash
# Unpacks Debian 11's libc (glibc 2.31) and a few of its programs into a folder: nothing of it is installed.
# usage: fetch_old_libc.sh <folder>      Needs apt and the network once; a filled folder is left as it is.
set -euo pipefail

readonly FOLDER=$1
readonly PACKAGES=(libc6 bash dash coreutils libtinfo6 libselinux1 libpcre2-8-0 libacl1 libattr1 libgmp10 libgcc-s1
  libstdc++6 libcrypt1 zlib1g libexpat1 perl-base python3.9-minimal libpython3.9-minimal libssl1.1)

[[ ! -e $FOLDER/complete ]] || exit 0
rm -rf -- "$FOLDER"
mkdir -p "$FOLDER"/{root,deb,lists/partial,cache/archives/partial}
cd -- "$FOLDER"

# Apt's own folders and sources stay out of it; its proxy settings and keys serve.
printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s bullseye main\n' \
  "${MEMGOV_DEBIAN_MIRROR:-http://deb.debian.org/debian}" >sources.list
: >status
readonly APT=(apt-get -q -o "Dir::State::Lists=$PWD/lists" -o "Dir::State::status=$PWD/status"
  -o "Dir::Cache=$PWD/cache" -o "Dir::Etc::SourceList=$PWD/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o APT::Sandbox::User= -o Acquire::Languages=none -o APT::Update::Post-Invoke-Success::= -o Acquire::Retries=2)

timeout 300 "${APT[@]}" update --error-on=any </dev/null
(cd deb && timeout 300 "${APT[@]}" download "${PACKAGES[@]}" </dev/null)
for deb in deb/*.deb; do
  dpkg-deb -x "$deb" root
done
rm -rf lists cache deb
touch complete
