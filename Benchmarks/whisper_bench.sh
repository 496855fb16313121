#!/usr/bin/env bash
# 30 s of sound through networks of whisper-base's shape (random weights, fp32 and int8), which decode exactly 100 tokens; over
# HTTP, compute time only. Target on 2 cores: 2.5 s (medians).
#
# PYTHON names a Python with torch, optimum-onnx and onnxruntime (Tools/requirements.txt), which makes the models once.
set -euo pipefail
source "$(dirname "$0")/common.sh"

PYTHON=${PYTHON:-python3}
FOLDER=${WHISPER_SHAPE:-$ROOT/.build/whisper-base-shape}
MODELS=(base-shape-fp32 base-shape-int8)
# generation_config.json is written last.
if [ ! -f "$FOLDER/${MODELS[1]}/generation_config.json" ]; then
  "$PYTHON" -c 'import torch, optimum.exporters.onnx, onnxruntime' 2>/dev/null ||
    fail "$PYTHON lacks torch, optimum-onnx or onnxruntime. Make a virtual environment with Tools/requirements.txt and set PYTHON to its python."
  echo "Making the networks in $FOLDER (about two minutes)"
  "$PYTHON" "$ROOT/Tools/whisper/base_shape.py" "$FOLDER" >/dev/null 2>&1 ||
    fail "the networks could not be made. Run Tools/whisper/base_shape.py by hand to see why."
fi

# A data directory of its own, in which the networks are installed models.
DATA=$(mktemp -d); trap 'stop_started; rm -rf "$DATA"' EXIT
HOME_DATA=${JARVIS_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/jarvis-bridges}
mkdir "$DATA/models"
for model in "${MODELS[@]}"; do ln -s "$(realpath "$FOLDER/$model")" "$DATA/models/$model"; done
[ ! -d "$HOME_DATA/runtime" ] || ln -s "$(realpath "$HOME_DATA/runtime")" "$DATA/runtime"
JARVIS_DATA_DIR=$DATA start_bridges --set services.enabled=stt --set models.stt="${MODELS[0]}"
results=$(python3 "$BENCH_DIR/whisper_latency.py" "$BASE" "${ROUNDS:-5}" "${MODELS[@]}")
while read -r model median; do
  verdict "30 s with $model, 100 tokens, median" "$median" ms 2500 le
done <<<"$results"
exit $MISSED
