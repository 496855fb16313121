#!/usr/bin/env bash
# GET /health of the server against one bare Hummingbird route, both loaded by wrk on this machine. They take turns, because a machine's
# speed changes: ROUNDS of them, an odd number, of which the medians count; the spread is printed.
# Targets: p50 under 1 ms, and at least three quarters of the requests a second of the bare route.
set -euo pipefail
source "$(dirname "$0")/common.sh"
need wrk wrk

SECONDS_EACH=${SECONDS_EACH:-3} ROUNDS=${ROUNDS:-7}
BARE=$BENCH_DIR/BareHummingbird
swift build "${RELEASE[@]}" --package-path "$BARE" >&2
BARE_BINARY=$(swift build "${RELEASE[@]}" --package-path "$BARE" --show-bin-path)/BareHummingbird

# p50_of URL: milliseconds, over one connection.
p50_of() {
  wrk -t1 -c1 -d"${SECONDS_EACH}s" --latency "$1" | awk '$1 == "50%" { print $2 }' | python3 -c '
text = input().strip()
for unit, factor in (("us", 1e-3), ("ms", 1.0), ("s", 1e3)):
    if text.endswith(unit):
        print(round(float(text[: -len(unit)]) * factor, 3))
        break'
}

# rate_of URL: requests a second, over sixteen connections.
rate_of() { wrk -t1 -c16 -d"${SECONDS_EACH}s" "$1" | awk '/^Requests\/sec/ { print $2 }'; }

port=$(free_port)
BARE_URL=http://127.0.0.1:$port/health
start "$BARE_URL" "$BARE_BINARY" "$port"
start_bridges
URL=$BASE/health
for url in "$BARE_URL" "$URL"; do wrk -t1 -c16 -d2s "$url" >/dev/null; done  # warm-up

WORK=$(mktemp -d); trap 'stop_started; rm -rf "$WORK"' EXIT
for _ in $(seq "$ROUNDS"); do
  p50=$(p50_of "$BARE_URL"); rate=$(rate_of "$BARE_URL"); echo "$p50 $rate" >>"$WORK/bare"
  p50=$(p50_of "$URL"); rate=$(rate_of "$URL"); echo "$p50 $rate" >>"$WORK/ours"
done

rate=$(median "$WORK/ours" 2) bare_rate=$(median "$WORK/bare" 2)
printf '%-46s %10s ms\n' "bare route: p50" "$(median "$WORK/bare" 1)"
printf '%-46s %10s 1/s\n' "bare route: requests" "$bare_rate"
printf '%-46s %10s 1/s\n' "the same, at least and at most" "$(spread "$WORK/bare" 2)"
printf '%-46s %10s 1/s\n' "/health: requests" "$rate"
printf '%-46s %10s 1/s\n' "the same, at least and at most" "$(spread "$WORK/ours" 2)"
verdict "/health: p50" "$(median "$WORK/ours" 1)" ms 1 le
verdict "/health: share of the bare route" "$(python3 -c "print(round($rate / $bare_rate, 2))")" "" 0.75 ge
exit $MISSED
