#!/usr/bin/env bash
# Processor time that the server spends on one token of a stream of /api/llm, with fifty clients at once: from the line of a fake Ollama
# to the event that the client gets. At the pace of fast models, which counts, and as fast as the fake can write. Beside it, at
# that pace, what the libraries cost: a bare route of Hummingbird that hands on what AsyncHTTPClient reads, on the event loop of the
# client's connection as the server does. They take turns, because a machine's speed changes: ROUNDS of them, an odd number, of which
# the median counts; the spread is printed.
# Target: 40 microseconds.
set -euo pipefail
source "$(dirname "$0")/common.sh"

CLIENTS=${CLIENTS:-50}
# Tokens a second of each client.
PACE=${PACE:-60}
SECONDS_EACH=${SECONDS_EACH:-6} ROUNDS=${ROUNDS:-7}

BARE=$BENCH_DIR/BareHummingbird
swift build "${RELEASE[@]}" --package-path "$BARE" >&2
BARE_BINARY=$(swift build "${RELEASE[@]}" --package-path "$BARE" --show-bin-path)/BareHummingbird

port=$(free_port)
start "http://127.0.0.1:$port/api/tags" python3 "$BENCH_DIR/token_cost.py" ollama "$port"
bare_port=$(free_port)
start "http://127.0.0.1:$bare_port/health" "$BARE_BINARY" "$bare_port" "http://127.0.0.1:$port"
bare_server=$SERVER
start_bridges --set preload=false --set "ollama.host=127.0.0.1:$port" --set "admission.llm=$CLIENTS"
# cost ADDRESS PROCESS PACE SECONDS
cost() { python3 "$BENCH_DIR/token_cost.py" clients "$1" "$2" "$CLIENTS" "$3" "$4"; }
bare() { cost "http://127.0.0.1:$bare_port" "$bare_server" "$@"; }
ours() { cost "$BASE" "$SERVER" "$@"; }
for warm in bare ours; do $warm 100 1 >/dev/null; done

WORK=$(mktemp -d); trap 'stop_started; rm -rf "$WORK"' EXIT
for _ in $(seq "$ROUNDS"); do
  bare "$PACE" "$SECONDS_EACH" >>"$WORK/bare"
  ours "$PACE" "$SECONDS_EACH" >>"$WORK/paced"
  ours 0 "$SECONDS_EACH" >>"$WORK/free"
done
printf '%-46s %10s 1/s\n' "tokens, $PACE a second to each of $CLIENTS" "$(median "$WORK/paced" 2)"
printf '%-46s %10s 1/s\n' "tokens, as fast as they can be had" "$(median "$WORK/free" 2)"
printf '%-46s %10s µs\n' "a token through a bare route, $PACE a second" "$(median "$WORK/bare" 1)"
printf '%-46s %10s µs\n' "the same, at least and at most" "$(spread "$WORK/bare" 1)"
printf '%-46s %10s µs\n' "a token, as fast as they can be had" "$(median "$WORK/free" 1)"
verdict "a token, $PACE a second to each of $CLIENTS" "$(median "$WORK/paced" 1)" µs 40 le
printf '%-46s %10s µs\n' "the same, at least and at most" "$(spread "$WORK/paced" 1)"
exit $MISSED
