"""What it costs to have espeak-ng in a process of its own: a sentence there and back, against the same call in this process."""

import ctypes
import os
import pathlib
import socket
import statistics
import struct
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
WORKER = pathlib.Path(os.environ.get("JARVIS_BINARY") or ROOT / ".build/release/jarvis-bridges").with_name("jarvis-espeak")
SENTENCES = [
    "Bonjour, comment allez-vous ?", "La température est de 21,5 °C aujourd'hui.", "Allume la lumière du salon.",
    "Le chat dort sur le canapé. Évidemment, il rêve !", "En 1998, la France a gagné la Coupe du monde.",
]
ROUNDS = 200


def string(text):
    return struct.pack("<I", len(text.encode())) + text.encode()


class Worker:
    def __init__(self):
        self.socket, theirs = socket.socketpair()
        self.process = subprocess.Popen([WORKER], stdin=theirs, env={"PULSE_SERVER": "unix:/dev/null"}, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        theirs.close()
        self.buffer = b""
        assert self.frame()[0] == 1

    def frame(self):
        while len(self.buffer) < 4 or len(self.buffer) < 4 + struct.unpack_from("<I", self.buffer)[0]:
            more = self.socket.recv(1 << 16)
            if not more:
                raise SystemExit("error: jarvis-espeak ended")
            self.buffer += more
        length = struct.unpack_from("<I", self.buffer)[0]
        frame, self.buffer = self.buffer[4:4 + length], self.buffer[4 + length:]
        return frame

    def phonemes(self, text):
        fields = b"\x11" + string("fr") + struct.pack("<IB", 1, 0) + string(text)
        self.socket.sendall(struct.pack("<I", len(fields)) + fields)
        clauses = []
        while (frame := self.frame())[0] == 3:
            clauses.append(frame[15:].decode())
        return clauses


class Library:
    def __init__(self):
        self.library = ctypes.CDLL("libespeak-ng.so.1")
        self.library.espeak_Initialize(2, 0, None, 0x8000)
        self.library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self.library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]

    def phonemes(self, text):
        self.library.espeak_SetVoiceByName(b"fr")
        clauses = self.read(text)
        self.read("")
        return clauses

    def read(self, text):
        buffer = ctypes.create_string_buffer(text.encode())
        position = ctypes.c_void_p(ctypes.addressof(buffer))
        clauses = []
        while position.value:
            clauses.append(self.library.espeak_TextToPhonemes(ctypes.byref(position), 0, 2).decode())
        return clauses


def median(speaker):
    times = []
    for _ in range(ROUNDS):
        for text in SENTENCES:
            start = time.perf_counter()
            speaker.phonemes(text)
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


worker, library = Worker(), Library()
for text in SENTENCES:
    if worker.phonemes(text) != library.phonemes(text):
        sys.exit(f"error: {text!r} is read otherwise there")
here, there = median(library), median(worker)
start = time.perf_counter()
Worker()
started = (time.perf_counter() - start) * 1000
print(f"a sentence here {here:.3f} ms, there and back {there:.3f} ms, more {there - here:.3f} ms (<= 0.3); a start {started:.1f} ms")
sys.exit(there - here > 0.3)
