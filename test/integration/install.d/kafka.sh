#!/usr/bin/env bash
# Brings Apache Kafka (broker and storage tool, as jars, with a log on standard error) from Maven Central into
# $GATELENS_SERVERS/kafka/lib.
# Needs Java 17 or newer and Maven. Idempotent: a complete copy of the same version is left alone.
set -euo pipefail
version=4.1.1
slf4j_version=1.7.36
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../retry.sh"
target="${GATELENS_SERVERS:-$here/../../.servers}/kafka"
wanted="kafka $version, slf4j-simple $slf4j_version"
if [ "$(cat "$target/version" 2>/dev/null)" = "$wanted" ]; then
  echo "$wanted: present"
  exit 0
fi
for tool in java mvn; do
  command -v "$tool" >/dev/null || { echo "kafka: $tool is needed to install it" >&2; exit 1; }
done
rm -rf "$target"
mkdir -p "$target"
cat >"$target/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>gatelens.test</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$version</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-simple</artifactId>
      <version>$slf4j_version</version>
    </dependency>
  </dependencies>
</project>
POM
retry mvn --batch-mode --quiet --update-snapshots --file "$target/pom.xml" \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$target/lib"
echo "$wanted" >"$target/version"
echo "$wanted: installed in $target"
