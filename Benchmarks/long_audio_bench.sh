#!/usr/bin/env bash
# Peak memory of `transcribe` on hours of speech with pauses, minus that on 10 s of it, with the tiny network of the tests.
# Target for 3 hours: 150 MiB. HOURS=0.5 takes a shorter recording.
set -euo pipefail
source "$(dirname "$0")/common.sh"
need espeak-ng espeak-ng
need sox sox
[ -x "$BINARY" ] || fail "$BINARY is not built. Run: ./jarvis build"

HOURS=${HOURS:-3}
WORK=$(mktemp -d); trap 'stop_started; rm -rf "$WORK"' EXIT
HOME_DATA=${JARVIS_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/jarvis-bridges}
mkdir -p "$WORK/data/models"
ln -s "$ROOT/Tests/SpeechToTextTests/Fixtures/whisper-multilingual" "$WORK/data/models/tiny"
[ ! -d "$HOME_DATA/runtime" ] || ln -s "$(realpath "$HOME_DATA/runtime")" "$WORK/data/runtime"
# With voice activity detection, as by default, where its model is installed.
[ ! -d "$HOME_DATA/models/silero-vad" ] || ln -s "$(realpath "$HOME_DATA/models/silero-vad")" "$WORK/data/models/silero-vad"

# One minute, padded and cut to exactly that, again and again.
say() { espeak-ng -v "$1" -w "$WORK/$2.wav" "$3"; sox -R "$WORK/$2.wav" -r 16000 -c 1 -b 16 "$WORK/$2.16k.wav" pad 0 "$4"; }
say fr 1 "Bonjour. Aujourd'hui, nous parlons de la météo, des trains en retard et du prix du pain." 4
say fr 2 "Le premier train part à sept heures douze, le second une demi-heure plus tard." 12
say fr 3 "Quelqu'un a-t-il une question ? Non ? Alors je continue." 2
sox -R "$WORK"/[123].16k.wav "$WORK/part.wav" repeat 5
sox -R "$WORK/part.wav" "$WORK/minute.wav" trim 0 60
sox -R "$WORK/minute.wav" "$WORK/short.wav" trim 0 10
minutes=$(python3 -c "print(max(1, round(float('$HOURS') * 60)))")
sox -R "$WORK/minute.wav" "$WORK/long.wav" repeat $((minutes - 1))

# peak FILE: MiB of resident memory at most, and seconds.
peak() {
  JARVIS_DATA_DIR="$WORK/data" python3 - "$BINARY" transcribe "$1" --model tiny --language fr --timestamps <<'PYTHON'
import resource, subprocess, sys, time
start = time.monotonic()
with open(sys.argv[3] + ".txt", "w") as text:
    subprocess.run(sys.argv[1:], stdout=text, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, round(time.monotonic() - start))
PYTHON
}
read -r short _ < <(peak "$WORK/short.wav") || fail "the short transcription failed."
read -r long seconds < <(peak "$WORK/long.wav") || fail "the long transcription failed."
echo "  10 s: $short MiB; $minutes min: $long MiB, $(wc -l <"$WORK/long.wav.txt") segments, $seconds s"
verdict "growth of memory over $minutes min of audio" $((long - short)) MiB 150 le
exit $MISSED
