"""Sends each of the three in-process bridges work of a usual size, ten times: memory_bench.sh measures what that leaves behind.

Usage: use_all.py BASE
"""

import array
import base64
import json
import random
import sys
import urllib.request

base = sys.argv[1]
random.seed(1)
noise = array.array("f", (random.uniform(-0.3, 0.3) for _ in range(30 * 16000)))
sound = base64.b64encode(noise.tobytes()).decode()
text = "Le dîner est prêt, et la lumière du salon est allumée depuis vingt minutes."

for index in range(10):
    for path, fields in [
        ("/api/stt/transcribe", {"audio_data": sound, "vad": False, "temperature": 0, "language": "fr"}),
        ("/api/tts/synthesize", {"text": f"{text} {index}."}),
        ("/api/embeddings/embed-batch", {"texts": [f"{text} {index} {number}" for number in range(32)]}),
    ]:
        request = urllib.request.Request(
            base + path, json.dumps(fields).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            answer.read()
