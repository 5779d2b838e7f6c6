#!/usr/bin/env bash
# Installs nginx for the integration tests, unless there. Runs alone or sourced by install.sh.
. "$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/../debian.sh"

install_debian nginx nginx-light nginx -v
