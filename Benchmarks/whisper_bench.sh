#!/usr/bin/env bash
# 30 s of sound through networks of whisper-base's shape (random weights, fp32 and int8), which decode exactly 100 tokens; over
# HTTP, compute time only. Target on 2 cores: 2.5 s (medians).
#
# PYTHON names a Python with torch, optimum-onnx and onnxruntime (Tools/requirements.txt), which makes the models once.
set -euo pipefail
source "$(dirname "$0")/common.sh"

MODELS=(base-shape-fp32 base-shape-int8)
FOLDER=$(whisper_shapes)
# A data directory of its own, in which the networks are installed models.
data_directory
for model in "${MODELS[@]}"; do ln -s "$(realpath "$FOLDER/$model")" "$DATA/models/$model"; done
JARVIS_DATA_DIR=$DATA start_bridges --set services.enabled=stt --set models.stt="${MODELS[0]}"
results=$(python3 "$BENCH_DIR/whisper_latency.py" "$BASE" "${ROUNDS:-5}" "${MODELS[@]}")
while read -r model median; do
  verdict "30 s with $model, 100 tokens, median" "$median" ms 2500 le
done <<<"$results"
exit $MISSED
