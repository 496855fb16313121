#!/usr/bin/env bash
# Attacks a server of its own with what clients, files and texts did to earlier versions: all attacks, or those named.
# --short does it with less load, for continuous integration.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 faults/run.py "$@"
