#!/usr/bin/env bash
# Brings the ClickHouse clients that the store is tested with into $GATELENS_SERVERS/clickhouse-clients: Python's
# clickhouse-connect (PyPI, in a virtual environment) and the JDBC driver that DBeaver uses (Maven Central).
# Needs Python 3.9, Java 17 and Maven, or newer. Idempotent: a complete copy of the same versions is left alone.
set -euo pipefail
python_version=1.12.0
jdbc_version=0.9.4
slf4j_version=2.0.17
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../retry.sh"
target="${GATELENS_SERVERS:-$here/../../.servers}/clickhouse-clients"
wanted="clickhouse-connect $python_version, clickhouse-jdbc $jdbc_version"
if [ "$(cat "$target/version" 2>/dev/null)" = "$wanted" ]; then
  echo "$wanted: present"
  exit 0
fi
for tool in java mvn python3; do
  command -v "$tool" >/dev/null || { echo "clickhouse-clients: $tool is needed to install them" >&2; exit 1; }
done
rm -rf "$target"
mkdir -p "$target/jars"
python3 -m venv "$target/venv"
retry "$target/venv/bin/pip" install --quiet --disable-pip-version-check "clickhouse-connect==$python_version"
for artifact in "com.clickhouse:clickhouse-jdbc:$jdbc_version:jar:all" "org.slf4j:slf4j-api:$slf4j_version" "org.slf4j:slf4j-nop:$slf4j_version"; do
  retry mvn --batch-mode --quiet --update-snapshots org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="$artifact" -DoutputDirectory="$target/jars"
done
echo "$wanted" >"$target/version"
echo "$wanted: installed in $target"
