#!/usr/bin/env bash
# What vectors cost that are known: one text from memory, and 256 from a Redis on this machine, each found for the first time by a server
# that has just started. The times are the service's own, from its log: model, place and cache, without HTTP.
# Targets: 0.2 ms and 10 ms (medians).
set -euo pipefail
source "$(dirname "$0")/common.sh"
need redis-server redis-server

MODEL=${MODEL:-all-MiniLM-L6-v2} ROUNDS=${ROUNDS:-20}
WORK=$(mktemp -d); trap 'stop_started; rm -rf "$WORK"' EXIT
REDIS=$(free_port)
redis-server --port "$REDIS" --bind 127.0.0.1 --save '' --dir "$WORK" --logfile "$WORK/redis.log" &
STARTED+=($!)
measure() { # measure WHAT LOG: asks a new server
  BENCH_LOG=$WORK/$2 start_bridges --set redis.url="redis://127.0.0.1:$REDIS" --set models.embeddings="$MODEL"
  python3 "$BENCH_DIR/cache_latency.py" "$BASE" "$MODEL" "$1" "$ROUNDS" "$WORK/$2"
  kill "$SERVER"; wait "$SERVER" || true
}
measure fill first.log >/dev/null
measure read second.log >"$WORK/results"
read -r many one <"$WORK/results"
verdict "$MODEL: 256 texts from Redis, median" "$many" ms 10 le
verdict "$MODEL: one text from memory, median" "$one" ms 0.2 le
exit $MISSED
