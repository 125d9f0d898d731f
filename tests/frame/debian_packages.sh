# shellcheck shell=bash
# Unpacks packages of a Debian release into a folder; nothing of them is installed. Sourced: unpack_packages <folder>
# <release> <package>... Needs apt and the network. Afterwards the folder has root/, and what the caller adds.

unpack_packages() {
  local -r folder=$1 release=$2
  shift 2
  rm -rf -- "$folder"
  mkdir -p "$folder"/{root,deb,lists/partial,cache/archives/partial}
  (
    cd -- "$folder" || exit 1
    # Apt's own folders and sources stay out of it; its proxy settings and keys serve.
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
      "${MEMGOV_DEBIAN_MIRROR:-http://deb.debian.org/debian}" "$release" >sources.list
    : >status
    local -ra apt=(apt-get -q -o "Dir::State::Lists=$PWD/lists" -o "Dir::State::status=$PWD/status"
      -o "Dir::Cache=$PWD/cache" -o "Dir::Etc::SourceList=$PWD/sources.list" -o Dir::Etc::SourceParts=/dev/null
      -o APT::Sandbox::User= -o Acquire::Languages=none -o APT::Update::Post-Invoke-Success::= -o Acquire::Retries=2)
    timeout 300 "${apt[@]}" update --error-on=any </dev/null
    (cd deb && timeout 300 "${apt[@]}" download "$@" </dev/null)
    for deb in deb/*.deb; do
      dpkg-deb -x "$deb" root
    done
    rm -rf lists cache deb
  )
}
