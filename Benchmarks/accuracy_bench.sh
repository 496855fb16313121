#!/usr/bin/env bash
# Transcribes recordings that have what was said in a text file beside them, and prints how many words were heard wrongly, how fast, and
# the worst of them. Takes folders; without one, the recordings of the tests. docs/accuracy.md leads through it.
set -euo pipefail
source "$(dirname "$0")/common.sh"

folders=()
for folder in "$@"; do
  # Folders are meant from where the user called.
  case $folder in /*) ;; *) folder=${CALLER:-$PWD}/$folder ;; esac
  [ -d "$folder" ] || fail "there is no folder $folder. Name one with recordings, and what is said in each in a .txt file beside it."
  folders+=("$folder")
done
if [ $# = 0 ]; then
  # ./jarvis test fetches the first two.
  for folder in .build/test-data/clips/{fr,en} Tests/SpeechToTextTests/Fixtures/speech; do
    [ ! -d "$ROOT/$folder" ] || folders+=("$ROOT/$folder")
  done
fi

# Nobody else can reach this server, and its advice is for those who typed ./jarvis.
unset JARVIS_API_KEYS
export JARVIS_COMMAND=./jarvis
start_bridges --set services.enabled=stt --set preload=false
python3 "$BENCH_DIR/accuracy.py" "$BASE" "${folders[@]}"
