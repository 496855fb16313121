#!/usr/bin/env bash
# Processor time that the server spends on one token of a stream of /api/llm, with fifty clients at once: from the line of a fake Ollama
# to the event that the client gets. Once at the pace of fast models, which counts, and once as fast as the fake can write.
# Target: 40 microseconds.
set -euo pipefail
source "$(dirname "$0")/common.sh"

CLIENTS=${CLIENTS:-50}
# Tokens a second of each client.
PACE=${PACE:-60}
SECONDS_EACH=${SECONDS_EACH:-10}

port=$(free_port)
start "http://127.0.0.1:$port/api/tags" python3 "$BENCH_DIR/token_cost.py" ollama "$port"
start_bridges --set preload=false --set "ollama.host=127.0.0.1:$port" --set "admission.llm=$CLIENTS"
cost() { python3 "$BENCH_DIR/token_cost.py" clients "$BASE" "$SERVER" "$CLIENTS" "$1" "$2"; }
cost 100 1 >/dev/null  # warm-up

paced=$(cost "$PACE" "$SECONDS_EACH")
free=$(cost 0 "$SECONDS_EACH")
field() { echo "$1" | cut -d ' ' -f "$2"; }
printf '%-46s %10s 1/s\n' "tokens, $PACE a second to each of $CLIENTS" "$(field "$paced" 2)"
printf '%-46s %10s 1/s\n' "tokens, as fast as they can be had" "$(field "$free" 2)"
printf '%-46s %10s µs\n' "a token, as fast as they can be had" "$(field "$free" 1)"
verdict "a token, $PACE a second to each of $CLIENTS" "$(field "$paced" 1)" µs 40 le
exit $MISSED
