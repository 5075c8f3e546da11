#!/bin/bash
# Builds what is measured, measures it, and prints one table: --help says how.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source "$here/../tests/support/packages.sh"
need python3 program python3
install_needed
exec python3 "$here/measure.py" "$@"
