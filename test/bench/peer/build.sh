#!/usr/bin/env bash
# Builds the OpenTelemetry Collector that `npm run bench processor` compares with, from Go modules of public releases, with its own
# builder. Needs Go. Done once: the binary stays in $GATELENS_PEERS (default: ~/.cache/gatelens/peers). Prints its path.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=0.156.0
folder="${GATELENS_PEERS:-$HOME/.cache/gatelens/peers}/otelcol-$version"
binary="$folder/build/otelcol"
if [ ! -x "$binary" ]; then
  mkdir -p "$folder"
  GOBIN="$folder" go install "go.opentelemetry.io/collector/cmd/builder@v$version" >&2
  (cd "$folder" && ./builder --config "$here/builder.yaml") >&2
fi
echo "$binary"
