#!/usr/bin/env bash
# Resident memory of the idle server: with nothing loaded, with the default models that are installed here, and with networks of
# the shapes of the three default models (whisper-base int8, a medium Piper voice, paraphrase-multilingual-MiniLM-L12-v2) with
# random weights, after loading and after use. Targets: 60 MiB and 700 MiB.
#
# PYTHON names a Python with Tools/requirements.txt, which makes the shapes once.
set -euo pipefail
source "$(dirname "$0")/common.sh"

resident_mib() { awk '/^VmRSS/ { printf "%.0f", $2 / 1024 }' "/proc/$SERVER/status"; }

# start_loaded [option…]: the server with its default models in memory; prints which those are.
start_loaded() {
  JARVIS_PRELOAD=true start_bridges "$@"
  for _ in $(seq 300); do
    curl -fsS -o /dev/null "$BASE/ready" 2>/dev/null && break
    sleep 0.2
  done
  sleep 2
  curl -fsS "$BASE/health" | python3 -c '
import json, sys
for name, detail in json.load(sys.stdin)["details"].items():
    print("  %-12s %s, loaded: %s" % (name, detail.get("model"), detail["loaded"]))'
}
stop() { kill "$SERVER"; wait "$SERVER" 2>/dev/null || true; }

JARVIS_PRELOAD=false start_bridges
sleep 2
verdict "resident, nothing loaded" "$(resident_mib)" MiB 60 le
stop

start_loaded
verdict "resident, models of this machine loaded" "$(resident_mib)" MiB 700 le
stop

whisper=$(whisper_shapes)
shapes=$(default_shapes)
data_directory
ln -s "$(realpath "$whisper/base-shape-int8")" "$DATA/models/whisper-base"
ln -s "$(realpath "$shapes/fr_FR-upmc-medium")" "$DATA/models/fr_FR-upmc-medium"
# The sentence encoder is fetched, as it would be: what is loaded is what the server's own converter makes of it.
port=$(free_port)
start "http://127.0.0.1:$port/" python3 -m http.server --bind 127.0.0.1 --directory "$shapes/hub" "$port"
HF_ENDPOINT=http://127.0.0.1:$port JARVIS_DATA_DIR=$DATA "$BINARY" models pull paraphrase-multilingual-MiniLM-L12-v2 silero-vad >/dev/null 2>&1 ||
  fail "the sentence encoder could not be installed in $DATA."
JARVIS_DATA_DIR=$DATA start_loaded
verdict "resident, shapes of the defaults loaded" "$(resident_mib)" MiB 700 le
python3 "$BENCH_DIR/use_all.py" "$BASE"
sleep 2
printf '%-46s %10s MiB\n' "resident, shapes of the defaults after use" "$(resident_mib)"
exit $MISSED
