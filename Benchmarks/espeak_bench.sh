#!/usr/bin/env bash
# What a sentence costs more because espeak-ng is in a process of its own.
set -euo pipefail
cd "$(dirname "$0")"
exec python3 espeak_cost.py
