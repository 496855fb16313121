#!/usr/bin/env bash
# Resident memory of the idle server: with nothing loaded, and with every default model loaded.
# Targets: 60 MiB and 700 MiB.
set -euo pipefail
source "$(dirname "$0")/common.sh"

resident_mib() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$SERVER/status"; }

JARVIS_PRELOAD=false start_bridges
sleep 2
verdict "resident, nothing loaded" "$(resident_mib)" MiB 60 le
kill "$SERVER"; wait "$SERVER" 2>/dev/null || true

JARVIS_PRELOAD=true start_bridges
for _ in $(seq 300); do
  curl -fsS -o /dev/null "$BASE/ready" 2>/dev/null && break
  sleep 0.2
done
sleep 2
curl -fsS "$BASE/health" | python3 -c '
import json, sys
for name, detail in json.load(sys.stdin)["details"].items():
    print("  %-12s %s, loaded: %s" % (name, detail.get("model"), detail["loaded"]))'
verdict "resident, default models loaded" "$(resident_mib)" MiB 700 le
exit $MISSED
