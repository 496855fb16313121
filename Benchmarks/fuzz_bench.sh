#!/usr/bin/env bash
# Sends wild texts by the thousand to a server of its own: it answers each and lives. --short sends fewer; FUZZ_SEED chooses others.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 faults/run.py fuzz "$@"
