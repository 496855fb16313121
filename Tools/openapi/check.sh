#!/usr/bin/env bash
# Checks a running server against the contract that it serves: every answer to generated requests, right and wrong ones, must be one
# that openapi.yaml documents, and none may be a 500.
#
#   Tools/openapi/check.sh BINARY [MAX_EXAMPLES]
#
# The server works on JARVIS_DATA_DIR, as './jarvis test' sets it, else on the data folder of the tests; no other setting counts.
# Needs Python 3.10 or later, curl, and the network once, for schemathesis. Exits 0 when the server keeps the contract.
set -euo pipefail

SCHEMATHESIS=4.32.5
SEED=8005
# Seconds.
START_LIMIT=60
STOP_LIMIT=40

binary=$(realpath "${1:?usage: check.sh BINARY [MAX_EXAMPLES]}")
examples=${2:-100}
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/jarvis-bridges
venv=$cache/schemathesis-$SCHEMATHESIS
data=${JARVIS_DATA_DIR:-$here/../../.build/test-data}
# Beside the data, so that its copy can be one of links: requests delete models, and change the defaults.
work=$(mktemp -d "$data.check.XXXXXX")
server=
model=
# A proxy leads to other machines; the servers here are asked directly.
export no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}" NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}"

fail() {
    echo "openapi check: FAILED: $*" >&2
    exit 1
}

cleanup() {
    [[ -z $server ]] || kill -KILL "$server" 2>/dev/null || true
    [[ -z $model ]] || kill "$model" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# An environment is complete once its mark is there; one that was cut off is made anew.
install_schemathesis() {
    [[ -e $venv/complete ]] && return
    echo "openapi check: installing schemathesis $SCHEMATHESIS in $venv"
    mkdir -p "$cache"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$SCHEMATHESIS" openapi-spec-validator==0.9.0
    touch "$venv/complete"
}

start_server() {
    # The language model is a stand-in, so that its answers are checked too.
    python3 "$here/../transcript/ollama_stand_in.py" "$2" &
    model=$!
    # In a folder without a configuration.
    (cd "$work" && exec env -i PATH="$PATH" HOME="$work" HF_HUB_OFFLINE=1 JARVIS_DATA_DIR="$data" JARVIS_PORT="$1" \
        JARVIS_OLLAMA_HOST="http://127.0.0.1:$2" JARVIS_LOG_LEVEL=warning JARVIS_LOG_FORMAT=json \
        "$binary" serve --quiet) >"$work/server.log" 2>&1 &
    server=$!
    for ((tries = 0; tries < START_LIMIT * 5; tries++)); do
        if curl --silent --fail --output /dev/null "http://127.0.0.1:$1/health"; then return; fi
        kill -0 "$server" 2>/dev/null || break
        sleep 0.2
    done
    show_log
    fail "the server did not answer /health within $START_LIMIT s"
}

# Defects only: 503s for what is not installed are expected, and many.
show_log() {
    grep -v -e '"status":503' "$work/server.log" | tail -n 40 >&2 || true
}

stop_server() {
    local status=0
    kill -TERM "$server" || fail "the server died during the check"
    (sleep "$STOP_LIMIT" && kill -KILL "$server" 2>/dev/null) &
    local watchdog=$!
    wait "$server" || status=$?
    server=
    kill "$watchdog" 2>/dev/null || true
    ((status == 0)) || fail "the server ended with status $status after SIGTERM, not 0"
}

cp -rL --link "$data" "$work/data"
data=$work/data
[[ -x $binary ]] || fail "$binary is no program; build it first"
install_schemathesis
port=$(free_port)
start_server "$port" "$(free_port)"
url=http://127.0.0.1:$port

curl --silent --show-error --fail --output "$work/openapi.yaml" "$url/openapi.yaml"
"$venv/bin/openapi-spec-validator" "$work/openapi.yaml" || fail "openapi.yaml is no valid OpenAPI document"

broken=0
# In its own folder: schemathesis and hypothesis leave files where they run.
(cd "$work" && "$venv/bin/st" --config-file "$here/schemathesis.toml" run "$url/openapi.yaml" \
    --checks all --seed "$SEED" --max-examples "$examples" --request-timeout 60 --warnings off --continue-on-failure) || broken=1
stop_server
if ((broken)); then
    show_log
    fail "schemathesis found answers that break the contract (seed $SEED, $examples examples an operation)"
fi
echo "openapi check: passed (schemathesis $SCHEMATHESIS, seed $SEED, $examples examples an operation)"
