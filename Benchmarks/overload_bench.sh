#!/usr/bin/env bash
# What each bridge does under ten times the load that it can carry, with the models that this machine serves by default and a fake Ollama
# of 20 tokens in a fifth of a second: good answers a second beside the peak, how long whoever is let in waits, how soon everybody else
# hears 503, and memory. The load comes from the same cores; its share of them is printed.
# Peak and load take turns, because machines are not always as fast: ROUNDS of them, of which the median counts; the spread is printed.
# Targets: 90 % of the peak, of what the load itself leaves of the cores; refused within 5 ms (median) and 50 ms (99th percentile); nobody
# waits longer than the queue takes at the peak's rate, of what the load leaves, and half as much again; memory grows by 8 MiB at most from
# the first round to the last.
# Usage: overload_bench.sh [BRIDGE…]
set -euo pipefail
source "$(dirname "$0")/common.sh"
need sox sox

SECONDS_EACH=${SECONDS_EACH:-12} ROUNDS=${ROUNDS:-3} QUEUE=${QUEUE:-64}
WORK=$(mktemp -d); trap 'stop_started; rm -rf "$WORK"' EXIT
# Eleven seconds of a speech, of which the first three and a half are a command's length.
sox "${CLIP:-$ROOT/Tests/SpeechToTextTests/Fixtures/speech/jfk.flac}" -t raw -e signed -b 16 -c 1 -r 16000 "$WORK/clip" trim 0 3.5

port=$(free_port)
start "http://127.0.0.1:$port/api/tags" python3 "$BENCH_DIR/token_cost.py" ollama "$port"

# Embeddings twice: of short sentences, of which a machine makes hundreds a second, and of passages of 100 words.
declare -A PLACES=([llm]=4 [stt]=2 [tts]=2 [embeddings]=32 [passages]=32)
for bridge in "${@:-llm stt tts embeddings passages}"; do
  for bridge in $bridge; do
    [ -n "${PLACES[$bridge]:-}" ] || fail "there is no bridge '$bridge'; there are llm, stt, tts, embeddings and passages."
    places=${PLACES[$bridge]}
    # A cache that is full soon: one that fills would look like memory that grows.
    start_bridges --set "ollama.host=127.0.0.1:$port" --set "admission.queue=$QUEUE" --set "admission.${bridge/passages/embeddings}=$places" \
      --set embeddings.cache_bytes=1048576
    ${LOAD_CORES:+taskset -c "$LOAD_CORES"} python3 "$BENCH_DIR/overload.py" "$BASE" "$SERVER" "$bridge" "$places" "$QUEUE" "$SECONDS_EACH" "$ROUNDS" "$WORK/clip" >"$WORK/figures"
    read -r peak share fair least most median1 high1 median2 high2 refused refused99 count before most1 most2 own server <"$WORK/figures"
    calculate() { python3 -c "print(f'{$1:.4g}')"; }
    printf '%s: at most %s good answers a second; %s refused under ten times that\n' "$bridge" "$peak" "$count"
    printf '%-46s %10s %%\n' "$bridge: share of the cores, load and server" "$(calculate "100 * $own") $(calculate "100 * $server")"
    printf '%-46s %10s %%\n' "$bridge: goodput beside the peak" "$(calculate "100 * $share")"
    verdict "$bridge: the same, of what the load leaves" "$(calculate "100 * $fair")" % 90 ge
    printf '%-46s %10s %%\n' "$bridge: the same, at least and at most" "$(calculate "100 * $least") $(calculate "100 * $most")"
    verdict "$bridge: 503, median" "$refused" ms 5 le
    verdict "$bridge: 503, 99th percentile" "$refused99" ms 50 le
    verdict "$bridge: accepted, 99th percentile, first round" "$high1" s "$(calculate "1.5 * ($places + $QUEUE) / ($peak * (1 - $own))")" le
    verdict "$bridge: accepted, 99th percentile, last round" "$high2" s "$(calculate "1.5 * ($places + $QUEUE) / ($peak * (1 - $own))")" le
    verdict "$bridge: memory, growth to the last round" "$(calculate "$most2 - $most1")" MiB 8 le
    printf '%-46s %10s MiB\n' "$bridge: memory before and at most" "$before $most2"
    printf '%-46s %10s s\n' "$bridge: accepted, median in both rounds" "$median1 $median2"
    kill "$SERVER"; wait "$SERVER" || true
  done
done
exit $MISSED
