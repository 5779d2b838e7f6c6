#!/usr/bin/env bash
# Installs prometheus and promtool for the integration tests, unless there. Runs alone or sourced by install.sh.
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../debian.sh"

install_debian promtool prometheus prometheus --version
