# Shared by the benchmark scripts; sourced, not run.

BENCH_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ROOT="$(dirname "$BENCH_DIR")"
BINARY="${JARVIS_BINARY:-$ROOT/.build/release/jarvis-bridges}"
STARTED=()

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# need PROGRAM PACKAGE: stops with what to install.
need() { command -v "$1" >/dev/null || fail "$1 is missing. Install it with: apt-get install $2"; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

stop_started() {
  for pid in "${STARTED[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
  return 0
}
trap stop_started EXIT

# start URL COMMAND…: starts a server and waits until URL answers. Its process id is in SERVER afterwards.
start() {
  local url=$1; shift
  "$@" >"${BENCH_LOG:-/dev/null}" 2>&1 &
  SERVER=$!
  STARTED+=("$SERVER")
  for _ in $(seq 150); do
    curl -fsS -o /dev/null "$url" 2>/dev/null && return
    kill -0 "$SERVER" 2>/dev/null || fail "'$*' ended at once. Run it by hand to see why."
    sleep 0.2
  done
  fail "'$*' does not answer at $url after 30 s."
}

# start_bridges [option…]: the server under test, on a free port; BASE is its address afterwards.
start_bridges() {
  [ -x "$BINARY" ] || fail "$BINARY is not built. Run: ./jarvis build"
  local port; port=$(free_port)
  BASE=http://127.0.0.1:$port
  start "$BASE/health" "$BINARY" serve --port "$port" "$@"
}

# verdict NAME VALUE UNIT LIMIT le|ge: prints one line, remembers a miss.
MISSED=0
verdict() {
  local name=$1 value=$2 unit=$3 limit=$4 sign word=ok
  case $5 in le) sign='<=' ;; ge) sign='>=' ;; esac
  python3 -c "import sys; sys.exit(not (float('$value') $sign float('$limit')))" || { word=MISSED; MISSED=1; }
  printf '%-46s %10s %-6s (%s %s) %s\n' "$name" "$value" "$unit" "$sign" "$limit" "$word"
}
