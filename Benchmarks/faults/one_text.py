"""One text in a Piper voice freezes nothing: /health answers while it is read, and it takes time in proportion to its length."""

import threading
import time

import harness

SHAPES = ["[[", "[[a]", "e\u0301\u0323", "\u0301", "a.", "😀", "s'", "9"]


def attack():
    with harness.Server() as server:
        server.add_piper_voice()
        for shape in SHAPES:
            text = shape * (20_000 // len(shape))
            waits = []
            done = threading.Event()

            def watch():
                while not done.is_set():
                    waits.append(server.timed("GET", "/health")[0])
                    time.sleep(0.02)

            thread = threading.Thread(target=watch)
            thread.start()
            # What such a text is for is work: a client that leaves after this long has seen whether the server froze.
            try:
                server.request("POST", "/api/tts/synthesize", {"text": text, "voice": harness.PIPER_VOICE, "speed": 4}, timeout=5)
            except OSError:
                pass
            done.set()
            thread.join()
            harness.verdict(f"slowest /health while {shape!r} is read", max(waits), "s", 1.0 if harness.SHORT else 0.1)
        harness.verdict("the server lives", int(server.alive()), "", 1, "==")
