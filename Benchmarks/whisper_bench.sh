#!/usr/bin/env bash
# 30 s of sound through a network of whisper-base's shape (int8, random weights), which decodes 100 tokens; over HTTP, compute time
# only. Target on 2 cores: 2.5 s (median).
#
# PYTHON names a Python with torch, optimum-onnx and onnxruntime (Tools/requirements.txt), which makes the model once.
set -euo pipefail
source "$(dirname "$0")/common.sh"

PYTHON=${PYTHON:-python3}
FOLDER=${WHISPER_SHAPE:-$ROOT/.build/whisper-base-shape}
if [ ! -f "$FOLDER/config.json" ]; then
  "$PYTHON" -c 'import torch, optimum.exporters.onnx, onnxruntime' 2>/dev/null ||
    fail "$PYTHON lacks torch, optimum-onnx or onnxruntime. Make a virtual environment with Tools/requirements.txt and set PYTHON to its python."
  echo "Making the network in $FOLDER (about a minute)"
  (cd "$ROOT/Tools/whisper" && "$PYTHON" base_shape.py "$FOLDER" >/dev/null 2>&1) || fail "the network could not be made; run Tools/whisper/base_shape.py by hand."
fi

# A data directory of its own, in which the network is the model 'base-shape'.
DATA=$(mktemp -d); trap 'stop_started; rm -rf "$DATA"' EXIT
HOME_DATA=${JARVIS_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/jarvis-bridges}
mkdir "$DATA/models"; ln -s "$(realpath "$FOLDER")" "$DATA/models/base-shape"
[ ! -d "$HOME_DATA/runtime" ] || ln -s "$(realpath "$HOME_DATA/runtime")" "$DATA/runtime"
JARVIS_DATA_DIR=$DATA start_bridges --set services.enabled=stt --set models.stt=base-shape
median=$(python3 "$BENCH_DIR/whisper_latency.py" "$BASE" "${ROUNDS:-9}")
verdict "30 s at whisper-base shape, 100 tokens, median" "$median" ms 2500 le
exit $MISSED
