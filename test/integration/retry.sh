# Sourced. retry COMMAND…: runs a command until it succeeds, five times at most, for registries have bad moments.
retry () {
  local try
  for try in 1 2 3 4; do
    "$@" && return 0
    echo "failed, and is tried again: $*" >&2
    sleep "$((try * 5))"
  done
  "$@"
}
