"""WAV, MP3 and Ogg files as recorders and players make them, odd ones too: the words of each are heard, or the error says why not."""

import json
import pathlib
import struct
import subprocess
import tempfile

import harness

TEXT = "Allume la lumière du salon."


def convert(folder, source, *options, suffix):
    """FFmpeg's version of a file."""
    target = folder / f"out{suffix}"
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(source), *options, str(target)], check=True)
    return target.read_bytes()


def patched(wav, offset, form, value):
    made = bytearray(wav)
    struct.pack_into(form, made, offset, value)
    return bytes(made)


def rifx(samples, rate):
    """16-bit samples, given as little-endian bytes, with their high bytes first."""
    swapped = b"".join(samples[n:n + 2][::-1] for n in range(0, len(samples), 2))
    head = struct.pack(">4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16)
    body = b"WAVE" + head + struct.pack(">4sI", b"data", len(swapped)) + swapped
    return struct.pack(">4sI", b"RIFX", len(body)) + body


def floats(samples, rate, channels, weights, offset=0):
    """A WAV of floats: each channel is the samples, times its weight, beside an offset."""
    values = [value / 32768 for (value,) in struct.iter_unpack("<h", samples)]
    data = b"".join(struct.pack("<f", value * weight + offset) for value in values for weight in weights)
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, channels, rate, rate * 4 * channels, 4 * channels, 32)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(data)) + data
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def variants(folder, wav):
    """Name and bytes of each odd file."""
    source = folder / "plain.wav"
    source.write_bytes(wav)
    wav = convert(folder, source, "-bitexact", "-ar", "16000", "-c:a", "pcm_s16le", suffix=".wav")
    source.write_bytes(wav)
    samples = wav[44:]
    loudest = max(abs(value) for (value,) in struct.iter_unpack("<h", samples)) / 32768
    mp3 = convert(folder, source, "-c:a", "libmp3lame", "-b:a", "96k", suffix=".mp3")
    yield "block alignment of 7", patched(wav, 32, "<H", 7)
    yield "byte rate of 1", patched(wav, 28, "<I", 1)
    yield "bits left out", patched(wav, 34, "<H", 0)
    yield "sizes of a stream", patched(patched(wav, 4, "<I", 0xFFFFFFFF), 40, "<I", 0xFFFFFFFF)
    yield "RIFX", rifx(samples, 16000)
    yield "RF64", convert(folder, source, "-rf64", "always", suffix=".wav")
    yield "floats to a peak of 1.49", floats(samples, 16000, 1, [1.49 / loudest])
    yield "floats to a peak of 12", floats(samples, 16000, 1, [12 / loudest])
    yield "quiet, a peak of -40 dBFS", floats(samples, 16000, 1, [0.01 / loudest])
    yield "opposite phase", floats(samples, 16000, 2, [0.9, -0.8])
    yield "opposite phase, FLAC", (lambda path: (path.write_bytes(floats(samples, 16000, 2, [0.9, -0.8])),
                                                 convert(folder, path, suffix=".flac"))[1])(folder / "phase.wav")
    for offset in (0.05, -0.1, 0.2):
        yield f"offset of {offset}", floats(samples, 16000, 1, [0.3 / loudest], offset)
    yield "opposite phase on an offset", floats(samples, 16000, 2, [0.1 / loudest, -0.1 / loudest], 0.01)
    for size in (0, 0x7FFFFFFF):
        yield f"a LIST that says {size}", wav[:36] + struct.pack("<4sI", b"LIST", size) + b"INFOabcd" + wav[36:]
    yield "5.1, speech in the centre", convert(
        folder, source, "-af", "pan=5.1|FL=0*c0|FR=0*c0|FC=c0|LFE=0*c0|BL=0*c0|BR=0*c0", suffix=".wav")
    yield "5.1, speech in the centre, AC-3", convert(
        folder, source, "-af", "pan=5.1|FL=0*c0|FR=0*c0|FC=c0|LFE=0*c0|BL=0*c0|BR=0*c0", "-ar", "48000", suffix=".ac3")
    yield "MP3", mp3
    yield "MP3 after 60 KiB of zeros", bytes(60 << 10) + mp3
    yield "MP3 after 60 KiB of junk", b"\x55" * (60 << 10) + mp3
    yield "MP3 after a tag of a wrong size", b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(300) + mp3
    for codec in ("libvorbis", "libopus"):
        ogg = convert(folder, source, "-c:a", codec, suffix=".ogg")
        yield f"chained Ogg, {codec}", ogg + ogg


def attack():
    with harness.Server(models=("silero-vad",)) as server, tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        status, _, speech = server.request(
            "POST", "/api/tts/synthesize", {"text": TEXT, "voice": "espeak-fr", "format": "wav"},
            headers={"Accept": "audio/wav"}, timeout=120)
        if status != 200:
            raise SystemExit(f"error: {status} {speech[:300]!r}")

        def words(audio):
            status, _, answer = server.request(
                "POST", "/api/stt/transcribe?language=fr", audio, {"Content-Type": "audio/x-any"}, timeout=300)
            answer = json.loads(answer)
            return answer["text"].lower().split() if status == 200 else f"{status} {answer['error']['message']}"

        expected = set(words(speech))
        lost = tried = added = 0
        for number, (kind, audio) in enumerate(variants(folder, speech)):
            if harness.SHORT and number % 3:
                continue
            heard = words(audio)
            tried += 1
            if isinstance(heard, str) or len(expected & set(heard)) < 0.6 * len(expected):
                lost += 1
                print(f"    {kind}: {heard}", flush=True)
            if kind.startswith("offset") and set(heard) - expected:
                added += 1
                print(f"    {kind}: {heard}", flush=True)
        harness.verdict("files with an offset in which words are heard that nobody spoke", added, "", 0)
        harness.verdict(f"files of {tried} whose words are lost", lost, "", 0)
        text = words(b"RIFX" + bytes(8) + b"nothing of the kind")
        harness.verdict("no audio at all gets 422 with a reason", int(str(text).startswith("422")), "", 1, "==")
