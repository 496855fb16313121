"""Prints how well speech-to-text understands recordings: word error rate, speed, languages, and the worst of them.

Usage: accuracy.py BASE_URL FOLDER…   (standard library only)

A recording has what is said in it in a text file beside it: 01.wav and 01.txt. Environment:
  MODEL    models to compare, separated by commas; the server's default unless set
  SPOKEN   the language of all recordings, such as fr; detected unless set. A folder that is called by a language (fr, en) tells which
           languages were detected wrongly
  WORST    how many of the worst recordings are shown, 5 unless set
  LIMIT    a word error rate in percent; above it, the command ends with 1
"""

import collections
import functools
import http.client
import json
import os
import pathlib
import re
import sys
import unicodedata
import urllib.parse
import uuid

AUDIO = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".webm"}
NUMBERS = [
    "zéro zero", "un une one", "deux two", "trois three", "quatre four", "cinq five", "six", "sept seven", "huit eight", "neuf nine",
    "dix ten", "onze eleven", "douze twelve", "treize thirteen", "quatorze fourteen", "quinze fifteen", "seize sixteen",
    "dix-sept seventeen", "dix-huit eighteen", "dix-neuf nineteen", "vingt twenty",
]
DIGITS = {word: str(number) for number, names in enumerate(NUMBERS) for word in names.split()}

Clip = collections.namedtuple("Clip", "name audio said language")
Heard = collections.namedtuple("Heard", "clip text language edits")


def words(text):
    """The words that are compared: without case and marks, apart at apostrophes and hyphens; 0 to 20 in French and English are digits."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"\bdix[-\s](?:sept|huit|neuf)\b", lambda ten: DIGITS[re.sub(r"\s", "-", ten[0])], text)
    apart = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text)
    return [DIGITS.get(word, word) for word in apart.split()]


def edits(said, heard):
    """The fewest words to change, leave out or add that make one list of words the other (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        corner, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (word != other))
    return row[-1]


def fail(message):
    sys.exit(f"error: {message}")


@functools.cache
def warn(message):
    """Says it once, however often a recording is sent."""
    print(f"warning: {message}", file=sys.stderr)


def setting(name, kind, default=None):
    text = os.environ.get(name, "")
    try:
        value = kind(text) if text else default
    except ValueError:
        value = -1
    if value is not None and not value >= 0:
        fail(f"{name} is {text!r}; it must be a number that is not negative.")
    return value


def clips_of(folder):
    """The recordings of a folder and those within it, in order of their names."""
    found = []
    for audio in sorted(file for file in folder.rglob("*") if file.suffix.lower() in AUDIO and file.is_file()):
        name, text = str(audio.relative_to(folder.parent)), audio.with_suffix(".txt")
        try:
            said = text.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            warn(f"{name} is left out; write what is said in it into {text.name} beside it.")
        except (OSError, UnicodeDecodeError) as error:
            warn(f"{name} is left out; {text.name} can't be read as UTF-8 text ({error}).")
        else:
            if words(said):
                language = audio.parent.name if re.fullmatch("[a-z]{2}", audio.parent.name) else None
                found.append(Clip(name, audio, said, language))
            else:
                warn(f"{name} is left out; there are no words in {text.name}.")
    return found


def form(fields, audio):
    """The body of a multipart form, and its type."""
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="clip{audio.suffix}"\r\n\r\n'
    body = "".join(parts + [head]).encode() + audio.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def transcribe(base, clip, fields):
    """The server's answer, or None for a recording that it can't read. Ends where no other recording would fare better."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=3600)
    try:
        body, kind = form(fields, clip.audio)
        connection.request("POST", "/api/stt/transcribe", body, {"Content-Type": kind})
        response = connection.getresponse()
        status, answer = response.status, json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        fail(f"{clip.name} could not be transcribed: {error or type(error).__name__}. BENCH_LOG=FILE keeps what the server says.")
    finally:
        connection.close()
    if status == 200:
        return answer
    problem = answer["error"]
    if problem.get("param") == "file" or status == 413:
        return warn(f"{clip.name} is left out; {problem['message']}")
    fail(f"{clip.name} could not be transcribed: {problem['message']}")


def measure(base, clips, fields):
    """Prints a model's figures; its word error rate in percent."""
    heard, computed, lasted = [], 0, 0
    # The first of a model's runs is slower than all others, and would count for much among few.
    transcribe(base, clips[0], fields)
    for clip in clips:
        if answer := transcribe(base, clip, fields):
            heard.append(Heard(clip, answer["text"], answer["language"], edits(words(clip.said), words(answer["text"]))))
            computed += answer["timings"]["compute_ms"]
            lasted += answer["audio_duration_ms"]
            model = answer["model"]
    if not heard:
        fail("none of the recordings could be transcribed.")
    total, wrong = sum(len(words(each.clip.said)) for each in heard), sum(each.edits for each in heard)
    rate = 100 * wrong / total
    print(f"{model}: {len(heard)} recordings, {lasted / 1000:.0f} s, {total} words")
    print(f"  word error rate   {rate:6.1f} %   {wrong} of {total} words")
    print(f"  real-time factor  {computed / max(lasted, 1):6.3f}     {computed / 1000:.1f} s for {lasted / 1000:.1f} s of sound")
    if "language" not in fields:
        print_languages(heard)
    print_worst(heard, setting("WORST", int, 5))
    return rate


def print_languages(heard):
    counts = collections.Counter(each.language for each in heard).most_common()
    print("  languages heard   " + ", ".join(f"{language} {count}" for language, count in counts))
    known = [each for each in heard if each.clip.language]
    wrong = [f"{each.clip.name} as {each.language}" for each in known if each.language != each.clip.language]
    if known:
        print(f"  wrong language    {len(wrong)} of {len(known)}" + "".join(f"\n    {each}" for each in wrong))


def print_worst(heard, count):
    def rate(each):
        return each.edits / len(words(each.clip.said))

    for each in [each for each in sorted(heard, key=rate, reverse=True) if each.edits][:count]:
        said, text = " ".join(each.clip.said.split()), " ".join(each.text.split())
        print(f"  {100 * rate(each):.0f} %  {each.clip.name}\n    said   {said}\n    heard  {text}")


def main():
    base, folders = sys.argv[1], [pathlib.Path(name).resolve() for name in sys.argv[2:]]
    limit = setting("LIMIT", float)
    clips = [clip for folder in folders for clip in clips_of(folder)]
    if not clips:
        where, kinds = ", ".join(map(str, folders)), ", ".join(sorted(kind[1:] for kind in AUDIO))
        fail(f"no recording ({kinds}) with a .txt file beside it is in {where}.")
    models = [model for model in re.split(r"[,\s]+", os.environ.get("MODEL", "")) if model] or [None]
    language = os.environ.get("SPOKEN")
    rates = [
        measure(base, clips, {name: value for name, value in (("model", model), ("language", language)) if value})
        for model in models
    ]
    if limit is not None and max(rates) > limit:
        fail(f"the word error rate of {max(rates):.1f} % is above LIMIT ({limit:g} %).")


if __name__ == "__main__":
    main()
