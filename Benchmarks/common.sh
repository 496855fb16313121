# Shared by the benchmark scripts; sourced, not run.

BENCH_DIR="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ROOT="$(dirname "$BENCH_DIR")"
. "$ROOT/Tools/build/release.sh"
BINARY="${JARVIS_BINARY:-$ROOT/.build/release/jarvis-bridges}"
OWN_DATA=${JARVIS_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/jarvis-bridges}
STARTED=()
# A proxy leads to other machines; the servers here are asked directly.
export no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}" NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}"

fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# need PROGRAM PACKAGE: stops with what to install.
need() { command -v "$1" >/dev/null || fail "$1 is missing. Install it with: apt-get install $2"; }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

stop_started() {
  for pid in "${STARTED[@]}"; do { kill "$pid" && wait "$pid"; } 2>/dev/null || true; done
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
  start "$BASE/health" ${SERVER_CORES:+taskset -c "$SERVER_CORES"} "$BINARY" serve --port "$port" "$@"
}

# verdict NAME VALUE UNIT LIMIT le|ge: prints one line, remembers a miss.
MISSED=0
verdict() {
  local name=$1 value=$2 unit=$3 limit=$4 sign word=ok
  case $5 in le) sign='<=' ;; ge) sign='>=' ;; esac
  python3 -c "import sys; sys.exit(not (float('$value') $sign float('$limit')))" || { word=MISSED; MISSED=1; }
  printf '%-46s %10s %-6s (%s %s) %s\n' "$name" "$value" "$unit" "$sign" "$limit" "$word"
}

# Networks with random weights, made once by PYTHON (a Python with Tools/requirements.txt); each function prints their folder.

# shapes_python MODULES SCRIPT TARGET…: runs a script of Tools that makes networks in TARGET.
shapes_python() {
  local python=${PYTHON:-python3}
  "$python" -c "import $1" 2>/dev/null ||
    fail "$python lacks one of $1. Make a virtual environment with Tools/requirements.txt and set PYTHON to its python."
  echo "Making networks in $3 (minutes, once)" >&2
  mkdir -p "$(dirname "$3")"
  "$python" "$ROOT/Tools/$2" "${@:3}" >/dev/null 2>&1 ||
    fail "the networks could not be made. Run Tools/$2 ${*:3} by hand to see why."
}

# base-shape-fp32 and base-shape-int8: whisper-base.
whisper_shapes() {
  local folder=${WHISPER_SHAPE:-$ROOT/.build/whisper-base-shape}
  # generation_config.json is written last.
  [ -f "$folder/base-shape-int8/generation_config.json" ] ||
    shapes_python torch,optimum.exporters.onnx,onnxruntime whisper/base_shape.py "$folder"
  echo "$folder"
}

# fr_FR-upmc-medium, and hub/ with the sentence encoder at its address on the hub.
default_shapes() {
  local folder=${DEFAULT_SHAPES:-$ROOT/.build/default-shapes}
  local voice=$folder/fr_FR-upmc-medium
  local encoder=$folder/hub/sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2/resolve/main
  # The file that each script writes last.
  if [ ! -f "$voice/fr_FR-upmc-medium.onnx.json" ]; then
    shapes_python torch,piper.train.vits.models piper/make_random_voice.py "$voice/fr_FR-upmc-medium.onnx" 2
  fi
  [ -f "$encoder/modules.json" ] ||
    shapes_python torch,transformers,safetensors embeddings/multilingual_shape.py "$encoder"
  echo "$folder"
}

# data_directory: makes DATA, a data directory with the engine and no models, which goes when the script ends.
data_directory() {
  DATA=$(mktemp -d); trap 'stop_started; rm -rf "$DATA"' EXIT
  mkdir "$DATA/models"
  [ ! -d "$OWN_DATA/runtime" ] || ln -s "$(realpath "$OWN_DATA/runtime")" "$DATA/runtime"
}

# median FILE FIELD and spread FILE FIELD (the least and the most) of a file with one measurement a line, an odd number of them.
column() { cut -d ' ' -f "$2" "$1" | sort -g; }
median() { column "$@" | sed -n "$((($(wc -l <"$1") + 1) / 2))p"; }
spread() { column "$@" | sed -n '1p;$p' | paste -sd ' '; }
