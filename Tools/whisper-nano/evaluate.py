"""Measures whisper-nano through the running server, the way its users meet it.

    ./jarvis serve --set models.stt=whisper-nano &
    python evaluate.py DATA [--url http://127.0.0.1:8005] [--noise 15] [--in-a-row 8] [--json FILE]

DATA is what make_data.py wrote. Each clip of `seen` and `unseen` gets silence around it and a gain, and is sent as a WAV file without
a language. Word error rate: Levenshtein distance over words in lower case without punctuation, divided by the words that were said.
Boundaries: the first segment's start and the last one's end against where the sound really begins and ends.
With --in-a-row, recordings hold so many sentences of one language, with pauses of 0.3 to 1.5 s between them.
Then come 100 clips without speech (silence, hum, white noise, tones), whose text must be empty.
"""
import argparse
import io
import json
import re
import statistics
import urllib.request

import numpy as np
from scipy.io import wavfile

RATE = 16000


def words(text):
    return re.findall(r"[\w'-]+", text.lower().replace("’", "'"))


def edits(said, heard):
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return row[-1]


def transcribe(url, samples):
    file = io.BytesIO()
    wavfile.write(file, RATE, (np.clip(samples, -1, 1) * 32767).astype(np.int16))
    request = urllib.request.Request(f"{url}/api/stt/transcribe?model=whisper-nano", file.getvalue(), {"Content-Type": "audio/wav"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def load(data, name, count):
    """(clips, their sounds)"""
    archive = np.load(f"{data}/{name}.npz")
    samples, offsets = archive["samples"], archive["offsets"]
    with open(f"{data}/{name}.json") as file:
        clips = json.load(file)[:count]
    return clips, [samples[offsets[i]: offsets[i + 1]].astype(np.float32) / 32768 for i in range(len(clips))]


def rows(url, data, name, length, count):
    """Word error rate of recordings of `length` sentences each."""
    rng = np.random.default_rng(9)
    clips, sounds = load(data, name, count)
    wrong, total, seconds = {"fr": 0, "en": 0}, {"fr": 0, "en": 0}, []
    for language in wrong:
        own = [index for index, clip in enumerate(clips) if clip["language"] == language]
        for start in range(0, len(own) - length + 1, length):
            row = own[start: start + length]
            x = np.concatenate([part for index in row for part in (sounds[index], np.zeros(int(rng.uniform(0.3, 1.5) * RATE)))])
            seconds.append(len(x) / RATE)
            said = [word for index in row for word in words(clips[index]["text"])]
            wrong[language] += edits(said, words(transcribe(url, x)["text"]))
            total[language] += len(said)
    return dict(recordings=len(seconds), seconds=round(float(np.mean(seconds)), 1),
                word_error_rate={l: round(100 * wrong[l] / max(1, total[l]), 2) for l in wrong})


def speech(url, data, name, noise, count):
    rng = np.random.default_rng(7)
    clips, sounds = load(data, name, count)
    wrong, total, boundaries, languages, exact = {"fr": 0, "en": 0}, {"fr": 0, "en": 0}, [], [], 0
    for index, clip in enumerate(clips):
        before, after = rng.uniform(0.2, 1.0), rng.uniform(0.3, 1.0)
        sound = sounds[index] * 10 ** (rng.uniform(-20, 0) / 20)
        x = np.concatenate([np.zeros(int(before * RATE)), sound, np.zeros(int(after * RATE))])
        if noise is not None:
            x = x + rng.standard_normal(len(x)) * np.sqrt(np.mean(sound ** 2)) * 10 ** (-noise / 20)
        answer = transcribe(url, x)
        said, heard = words(clip["text"]), words(answer["text"])
        mistakes = edits(said, heard)
        exact += mistakes == 0
        wrong[clip["language"]] += mistakes
        total[clip["language"]] += len(said)
        languages.append(answer["language"] == clip["language"])
        segments = answer["segments"]
        if segments:
            # make_data.py leaves 10 ms before and 30 ms after the sound.
            end = before + len(sound) / RATE
            off = [segments[0]["start"] - before - 0.01, segments[-1]["end"] - end + 0.03]
            boundaries += map(abs, off)
            if max(map(abs, off)) > 0.3:
                print(f"  {name} {index:3d} boundaries off by {off[0]:+.2f} and {off[1]:+.2f} s: said {clip['text']} heard {answer['text']}")
        if mistakes and index < 120:
            print(f"  {name} {index:3d} said  {clip['text']}\n{'':{len(name) + 7}}heard {answer['text']}")
    return dict(
        clips=len(clips), word_error_rate={l: round(100 * wrong[l] / max(1, total[l]), 2) for l in wrong},
        sentences_without_error=round(100 * exact / len(clips), 1), language=round(100 * np.mean(languages), 2),
        boundary_median=round(statistics.median(boundaries), 3), boundary_worst=round(max(boundaries), 3),
        boundaries_within_300_ms=round(100 * np.mean(np.array(boundaries) <= 0.3), 2))


def without_speech():
    """(kind, samples): 25 of each kind, 1 to 12 s."""
    rng = np.random.default_rng(8)
    for index in range(100):
        t = np.arange(int(rng.uniform(1, 12) * RATE)) / RATE
        level = 10 ** (rng.uniform(-50, -6) / 20)
        kind = ("silence", "hum", "white noise", "tones")[index % 4]
        if kind == "silence":
            x = np.zeros(len(t)) if index % 8 else rng.standard_normal(len(t)) * 1e-4
        elif kind == "hum":
            x = sum(np.sin(2 * np.pi * rng.choice([50, 60]) * k * t + rng.uniform(0, 6)) / k for k in (1, 2, 3, 4)) * level / 2
        elif kind == "white noise":
            x = rng.standard_normal(len(t)) * level / 3
        else:
            x = sum(np.sin(2 * np.pi * rng.uniform(80, 6000) * t) for _ in range(rng.integers(1, 4))) * level / 3
        yield kind, x


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--url", default="http://127.0.0.1:8005")
    parser.add_argument("--noise", type=float, help="add white noise at this signal-to-noise ratio, dB")
    parser.add_argument("--in-a-row", type=int, help="also transcribe recordings of so many sentences")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    results = {name: speech(arguments.url, arguments.data, name, arguments.noise, arguments.count) for name in ("seen", "unseen")}
    if arguments.in_a_row:
        for name in ("seen", "unseen"):
            results[f"{name}_{arguments.in_a_row}_in_a_row"] = rows(arguments.url, arguments.data, name, arguments.in_a_row, arguments.count)
    heard = [(kind, transcribe(arguments.url, x)["text"]) for kind, x in without_speech()]
    results["without_speech"] = dict(clips=len(heard), empty=sum(text == "" for _, text in heard), not_empty=[k for k, text in heard if text])
    print(json.dumps(results, indent=1))
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
