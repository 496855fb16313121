"""Wild texts by the thousand: the server answers each and lives, and after each that it cannot speak it speaks the next."""

import http.client
import itertools
import json
import os
import threading

import harness
import texts

COUNT = int(os.environ.get("FUZZ_TEXTS") or (1000 if harness.SHORT else 20_000))
# Both ways into espeak-ng: its own speech, and phonemes for a model.
VOICES = ["espeak-fr", harness.PIPER_VOICE, "espeak-en", harness.PIPER_VOICE]
SEED = int(os.environ.get("FUZZ_SEED") or 11)


def attack():
    with harness.Server() as server:
        server.add_piper_voice()
        results = {}
        lock = threading.Lock()
        todo = iter(zip([*texts.KILLERS, *texts.wild(SEED, COUNT, 30 if harness.SHORT else 2000)], itertools.cycle(VOICES)))

        def work():
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            while True:
                with lock:
                    text, voice = next(todo, (None, None))
                if text is None:
                    return
                status = ask(connection, text, voice)
                # The next text is an ordinary one after each that failed.
                if status == 500 and ask(connection, "Bonjour.", voice) != 200:
                    status = "500, and the next failed"
                with lock:
                    results[status] = results.get(status, 0) + 1
                    if status not in (200, 400, 500):
                        print(f"    {status}: {text!r}")

        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"    seed {SEED}: " + ", ".join(f"{count} × {status}" for status, count in sorted(results.items(), key=str)))
        answered = sum(count for status, count in results.items() if status in (200, 400, 500))
        harness.verdict("texts answered with 200, 400 or 500", answered, "texts", COUNT + len(texts.KILLERS), "==")
        harness.verdict("texts that could not be spoken", results.get(500, 0), "texts", max(10, COUNT // 200))
        harness.verdict("the server lives", int(server.alive()), "", 1, "==")


def ask(connection, text, voice):
    body = json.dumps({"text": text, "voice": voice, "speed": 4, "format": "pcm_s16le"})
    try:
        connection.request("POST", "/api/tts/synthesize", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__
