"""Prints the median milliseconds of embedding one text, and ten in a batch.

Usage: embedding_latency.py BASE_URL MODEL ROUNDS   (standard library only)
"""

import http.client
import json
import statistics
import sys
import time
from urllib.parse import urlsplit

# About 23 tokens with its number, as the target says.
TEXT = "Turn on the light in the kitchen and close the shutters of the living room, please, number {}"


def main() -> None:
    base, model, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
    number = 0

    def texts(count: int) -> list[str]:
        nonlocal number
        number += count
        return [TEXT.format(number - i) for i in range(count)]

    def milliseconds(path: str, body: dict) -> float:
        payload = json.dumps(body | {"model": model})
        start = time.perf_counter()
        connection.request("POST", path, payload, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            sys.exit(f"{path} answered {response.status}: {answer[:300].decode(errors='replace')}")
        return (time.perf_counter() - start) * 1000

    def one() -> float:
        return milliseconds("/api/embeddings/embed", {"text": texts(1)[0]})

    def ten() -> float:
        return milliseconds("/api/embeddings/embed-batch", {"texts": texts(10)})

    for measure in (one, ten):  # loads the model
        measure()
    results = [statistics.median(measure() for _ in range(rounds)) for measure in (one, ten)]
    print(*(round(value, 2) for value in results))


main()
