#!/usr/bin/env bash
# ./install.sh OUT: copies the int8 model that export.py wrote to where the server looks for it.
set -euo pipefail
from=$1
to=$(dirname "$(readlink -f "$0")")/../../Sources/ModelStore/Resources/models/whisper-nano
mkdir -p "$to"
cp "$from"/{encoder_model_int8.onnx,decoder_model_merged_int8.onnx} "$to"
cp "$from"/{config,generation_config,preprocessor_config,vocab,added_tokens}.json "$from"/merges.txt "$to"
du -cb "$to"/* | tail -n 1
