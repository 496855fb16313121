#!/usr/bin/env bash
# Embeds short texts over HTTP, never the same twice, so that the cache does not answer.
# Targets on 2 cores with the fp32 all-MiniLM-L6-v2: ten texts in 60 ms, one in 12 ms (medians).
set -euo pipefail
source "$(dirname "$0")/common.sh"

MODEL=${MODEL:-all-MiniLM-L6-v2}
start_bridges
read -r one ten < <(python3 "$BENCH_DIR/embedding_latency.py" "$BASE" "$MODEL" "${ROUNDS:-50}")
verdict "$MODEL: one text, median" "$one" ms 12 le
verdict "$MODEL: ten texts, median" "$ten" ms 60 le
exit $MISSED
