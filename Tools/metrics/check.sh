#!/usr/bin/env bash
# Checks what operators are given, against the real programs: promtool reads the server's metrics and the alert rules, and a real
# Prometheus scrapes a server at work and answers every query of the Grafana dashboard with data.
#
#   Tools/metrics/check.sh BINARY
#
# The server works on JARVIS_DATA_DIR, else on the data folder of the tests. Needs Debian's prometheus, curl and Python 3.
set -euo pipefail

binary=$(realpath "${1:?usage: check.sh BINARY}")
root=$(cd "$(dirname "$0")/../.." && pwd)
data=${JARVIS_DATA_DIR:-$root/.build/test-data}
work=$(mktemp -d)
processes=()
export no_proxy="127.0.0.1,localhost" NO_PROXY="127.0.0.1,localhost"

fail() {
    echo "metrics check: FAILED: $*" >&2
    exit 1
}

cleanup() {
    ((${#processes[@]} == 0)) || kill -KILL "${processes[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# until_answered URL WHAT LOG
until_answered() {
    for ((tries = 0; tries < 300; tries++)); do
        if curl --silent --fail --output /dev/null "$1"; then return; fi
        sleep 0.2
    done
    tail -n 20 "$3" >&2 || true
    fail "$2 did not answer $1 within 60 s"
}

promtool check rules "$root/deploy/prometheus/rules.yml"
promtool test rules "$root/deploy/prometheus/rules_test.yml"
promtool check config "$root/deploy/prometheus/prometheus.yml"

server=$(free_port) ollama=$(free_port) prometheus=$(free_port)
python3 "$root/Tools/transcript/ollama_stand_in.py" "$ollama" &
processes+=($!)
# In a folder without a configuration.
(cd "$work" && exec env -i PATH="$PATH" HOME="$work" HF_HUB_OFFLINE=1 JARVIS_DATA_DIR="$data" JARVIS_PORT="$server" \
    JARVIS_OLLAMA_HOST="http://127.0.0.1:$ollama" JARVIS_LOG_LEVEL=warning "$binary" serve --quiet) >"$work/server.log" 2>&1 &
processes+=($!)
until_answered "http://127.0.0.1:$server/ready" "the server" "$work/server.log"

sed -e "s/127.0.0.1:8005/127.0.0.1:$server/" -e 's/_interval: 15s/_interval: 1s/' \
    "$root/deploy/prometheus/prometheus.yml" >"$work/prometheus.yml"
cp "$root/deploy/prometheus/rules.yml" "$work/"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" \
    --web.listen-address="127.0.0.1:$prometheus" --log.level=warn >"$work/prometheus.log" 2>&1 &
processes+=($!)
until_answered "http://127.0.0.1:$prometheus/-/ready" "Prometheus" "$work/prometheus.log"

python3 "$root/Tools/metrics/ask.py" "http://127.0.0.1:$server" "http://127.0.0.1:$prometheus" \
    "$root/deploy/grafana/jarvis-bridges.json"
curl --silent --show-error --fail "http://127.0.0.1:$server/metrics" >"$work/metrics.txt"
promtool check metrics <"$work/metrics.txt" || fail "promtool finds fault with the metrics, see above"
echo "metrics check: passed ($(promtool --version 2>&1 | head -n 1))"
