#!/usr/bin/env bash
# Changes the default models for speech a hundred times, by turns, while one client transcribes and another synthesises without a pause:
# each new model is loaded and tests itself first. STT and TTS name the models, two each, which must be installed.
# Targets: no swap and no request fails; memory grows by 5 % at most after the first tenth.
set -euo pipefail
source "$(dirname "$0")/common.sh"
need sox sox

SWAPS=${SWAPS:-100}
WORK=$(mktemp -d)
data_directory; trap 'stop_started; rm -rf "$DATA" "$WORK"' EXIT
# What is chosen here must not become the choice of this machine.
for model in "$OWN_DATA"/models/*; do [ ! -e "$model" ] || ln -s "$(realpath "$model")" "$DATA/models/"; done
sox "${CLIP:-$ROOT/Tests/SpeechToTextTests/Fixtures/speech/jfk.flac}" -t raw -e signed -b 16 -c 1 -r 16000 "$WORK/clip" trim 0 3.5
JARVIS_DATA_DIR=$DATA start_bridges
python3 "$BENCH_DIR/swap.py" "$BASE" "$SERVER" "$SWAPS" "$WORK/clip" \
  "stt=${STT:-whisper-nano,whisper-base}" "tts=${TTS:-espeak-en,en_US-joe-medium}" >"$WORK/figures"
read -r broken answered failed median longest early late <"$WORK/figures"
printf '%-46s %10s s\n' "a swap, median and longest" "$median $longest"
printf '%-46s %10s\n' "requests answered meanwhile" "$answered"
printf '%-46s %10s MiB\n' "memory after a tenth and at the end" "$early $late"
verdict "swaps that failed" "$broken" "" 0 le
verdict "requests that failed" "$failed" "" 0 le
verdict "growth of memory" "$(python3 -c "print(f'{100 * ($late / $early - 1):.2f}')")" % 5 le
exit $MISSED
