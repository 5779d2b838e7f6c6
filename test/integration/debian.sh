# Sourced. install_debian COMMAND PACKAGE [VERSION-COMMAND…]: installs a Debian package for the integration tests, unless its command is
# there, and says its version. Some packages start a service on installation; a temporary policy-rc.d keeps them from doing so.
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/retry.sh"

install_debian () {
  local command=$1 package=$2
  shift 2
  if command -v "$command" >/dev/null; then
    "$@" 2>&1 | head -n 1
    return 0
  fi
  if ! command -v apt-get >/dev/null; then
    echo "$command: not found, and this system has no apt-get; install $package by hand" >&2
    return 1
  fi
  local as_root='' policy=/usr/sbin/policy-rc.d made=0 status=0
  [ "$(id -u)" = 0 ] || as_root=sudo
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null && $as_root chmod 755 "$policy" && made=1
  fi
  # Another run of apt may hold the lock for a while, as it does on machines that have just started.
  local wait='-o DPkg::Lock::Timeout=300'
  { retry $as_root apt-get $wait update -qq &&
    retry $as_root env DEBIAN_FRONTEND=noninteractive apt-get $wait install -y -qq --no-install-recommends "$package" >/dev/null; } || status=$?
  if [ "$made" = 1 ]; then $as_root rm -f "$policy"; fi
  if [ "$status" = 0 ]; then "$@" 2>&1 | head -n 1; fi
  return "$status"
}
