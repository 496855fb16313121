#!/usr/bin/env bash
# GET /health of the server against one bare Hummingbird route, both loaded by wrk on this machine.
# Targets: p50 under 1 ms, and at least half the requests a second of the bare route.
set -euo pipefail
source "$(dirname "$0")/common.sh"
need wrk wrk

SECONDS_EACH=${SECONDS_EACH:-10}
BARE=$BENCH_DIR/BareHummingbird
swift build -c release --package-path "$BARE" >&2
BARE_BINARY=$(swift build -c release --package-path "$BARE" --show-bin-path)/BareHummingbird

# Prints "p50-milliseconds requests-a-second". One connection for latency; sixteen for throughput.
measure() {
  local url=$1 p50 rate
  wrk -t1 -c1 -d2s "$url" >/dev/null  # warm-up
  p50=$(wrk -t1 -c1 -d"${SECONDS_EACH}s" --latency "$url" | awk '$1 == "50%" { print $2 }' | python3 -c '
text = input().strip()
for unit, factor in (("us", 1e-3), ("ms", 1.0), ("s", 1e3)):
    if text.endswith(unit):
        print(round(float(text[: -len(unit)]) * factor, 3))
        break')
  rate=$(wrk -t1 -c16 -d"${SECONDS_EACH}s" "$url" | awk '/^Requests\/sec/ { print $2 }')
  echo "$p50 $rate"
}

port=$(free_port)
start "http://127.0.0.1:$port/health" "$BARE_BINARY" "$port"
read -r bare_p50 bare_rate < <(measure "http://127.0.0.1:$port/health")
kill "$SERVER"; wait "$SERVER" 2>/dev/null || true

start_bridges
read -r p50 rate < <(measure "$BASE/health")

printf '%-46s %10s ms\n' "bare route: p50" "$bare_p50"
printf '%-46s %10s 1/s\n' "bare route: requests" "$bare_rate"
printf '%-46s %10s 1/s\n' "/health: requests" "$rate"
verdict "/health: p50" "$p50" ms 1 le
verdict "/health: share of the bare route" "$(python3 -c "print(round($rate / $bare_rate, 2))")" "" 0.5 ge
exit $MISSED
