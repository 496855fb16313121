"""Forms and base64 as clients send them: True and on, empty fields, languages by name, line breaks, data: URLs."""

import base64
import json
import struct
import urllib.parse

import harness

SAMPLES = b"\0\0" * 1600
WAV = b"RIFF" + struct.pack("<I", 36 + len(SAMPLES)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16)
WAV += b"data" + struct.pack("<I", len(SAMPLES)) + SAMPLES
EMPTY = ["model", "task", "encoding", "sample_rate", "temperature", "beam_size", "language", "vad", "prompt", "stream"]
LANGUAGES = ["Français", "FRANCAIS", "french", "FR", "fr-FR", "fr_FR", "anglais", "English", "", "auto", "Auto"]


def form(fields):
    boundary = "jarvisfaults"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'.encode() + WAV + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def attack():
    # The model that comes with the server knows these languages.
    with harness.Server("--set", "models.stt=whisper-nano", "--set", "preload=false") as server:
        cases = [[(name, "")] for name in EMPTY] + [[("language", name)] for name in LANGUAGES]
        cases += [[("vad", word)] for word in ("True", "TRUE", "1", "on", "yes", "False", "off", "0", "no")]
        cases += [[(name, " ") for name in EMPTY], [("task", "Transcribe"), ("encoding", "WAV")]]
        bad = 0
        for fields in cases:
            body, headers = form(fields)
            answers = [server.request("POST", "/api/stt/transcribe", body, headers)]
            query = urllib.parse.urlencode(fields, quote_via=urllib.parse.quote)
            answers.append(server.request("POST", "/api/stt/transcribe?" + query, WAV, {"Content-Type": "audio/wav"}))
            for status, _, answer in answers:
                if status != 200:
                    bad += 1
                    print(f"    {fields}: {status} {answer[:200]}")
        harness.verdict(f"forms and queries: refused of {2 * len(cases)}", bad, "", 0, "==")

        plain = base64.b64encode(WAV).decode()
        texts = [
            (plain, "wav"), (base64.encodebytes(WAV).decode(), "wav"), (plain.rstrip("="), "wav"),
            (base64.urlsafe_b64encode(WAV).decode(), "wav"), ("data:audio/wav;base64," + plain, None),
            ("data:audio/x-wav;codecs=1;base64," + base64.encodebytes(WAV).decode(), None), (f" {plain}\r\n", "wav"),
        ]
        bad = 0
        for text, encoding in texts:
            fields = {"audio_data": text, "encoding": encoding, "model": "", "task": "", "language": ""}
            status, _, answer = server.request("POST", "/api/stt/transcribe", fields)
            if status != 200 or json.loads(answer)["audio_duration_ms"] != 100:
                bad += 1
                print(f"    {text[:40]!r}: {status} {answer[:200]}")
        harness.verdict(f"base64: refused of {len(texts)}", bad, "", 0, "==")
