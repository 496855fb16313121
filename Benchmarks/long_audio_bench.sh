#!/usr/bin/env bash
# Peak memory of `transcribe` on hours of speech with pauses, minus that on 10 s of it, with the tiny network of the tests.
# Target for 3 hours: 150 MiB. HOURS=0.5 takes a shorter recording.
set -euo pipefail
source "$(dirname "$0")/common.sh"
need espeak-ng espeak-ng
need sox sox
[ -x "$BINARY" ] || fail "$BINARY is not built. Run: ./jarvis build"

HOURS=${HOURS:-3}
data_directory
ln -s "$ROOT/Tests/SpeechToTextTests/Fixtures/whisper-multilingual" "$DATA/models/tiny"
# With voice activity detection, as by default, where its model is installed.
[ ! -d "$OWN_DATA/models/silero-vad" ] || ln -s "$(realpath "$OWN_DATA/models/silero-vad")" "$DATA/models/silero-vad"

# One minute, padded and cut to exactly that, again and again.
say() { espeak-ng -v "$1" -w "$DATA/$2.wav" "$3"; sox -R "$DATA/$2.wav" -r 16000 -c 1 -b 16 "$DATA/$2.16k.wav" pad 0 "$4"; }
say fr 1 "Bonjour. Aujourd'hui, nous parlons de la météo, des trains en retard et du prix du pain." 4
say fr 2 "Le premier train part à sept heures douze, le second une demi-heure plus tard." 12
say fr 3 "Quelqu'un a-t-il une question ? Non ? Alors je continue." 2
sox -R "$DATA"/[123].16k.wav "$DATA/part.wav" repeat 5
sox -R "$DATA/part.wav" "$DATA/minute.wav" trim 0 60
sox -R "$DATA/minute.wav" "$DATA/short.wav" trim 0 10
minutes=$(python3 -c "print(max(1, round(float('$HOURS') * 60)))")
sox -R "$DATA/minute.wav" "$DATA/long.wav" repeat $((minutes - 1))

# peak FILE: MiB of resident memory at most, and seconds.
peak() {
  JARVIS_DATA_DIR=$DATA python3 - "$BINARY" transcribe "$1" --model tiny --language fr --timestamps <<'PYTHON'
import resource, subprocess, sys, time
start = time.monotonic()
with open(sys.argv[3] + ".txt", "w") as text:
    subprocess.run(sys.argv[1:], stdout=text, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, round(time.monotonic() - start))
PYTHON
}
read -r short _ < <(peak "$DATA/short.wav") || fail "the short transcription failed."
read -r long seconds < <(peak "$DATA/long.wav") || fail "the long transcription failed."
echo "  10 s: $short MiB; $minutes min: $long MiB, $(wc -l <"$DATA/long.wav.txt") segments, $seconds s"
verdict "growth of memory over $minutes min of audio" $((long - short)) MiB 150 le
exit $MISSED
