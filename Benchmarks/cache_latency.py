"""Asks for batches of 256 texts, and prints what the server's log says of them.

fill: each batch once. read: each batch once (median milliseconds, the first number), then one text of them many times (the second).

Usage: cache_latency.py BASE_URL MODEL fill|read ROUNDS LOG   (standard library only)
"""

import http.client
import json
import statistics
import sys
import time
from urllib.parse import urlsplit


def main() -> None:
    base, model, what, rounds, log = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=300)

    def ask(path: str, body: dict) -> dict:
        payload = json.dumps(body | {"model": model})
        connection.request("POST", path, payload, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200:
            sys.exit(f"{path} answered {response.status}: {answer[:300].decode(errors='replace')}")
        return json.loads(answer)

    def times(route: str) -> list[float]:
        lines = [json.loads(line) for line in open(log, encoding="utf-8") if f'"{route}"' in line]
        return [line["queue_ms"] + line["compute_ms"] for line in lines]

    ask("/api/embeddings/embed", {"text": "loads the model"})
    batches = [[f"Text {number} of batch {batch}" for number in range(256)] for batch in range(rounds)]
    for texts in batches:
        ask("/api/embeddings/embed-batch", {"texts": texts})
    if what == "fill":
        return
    for _ in range(20 * rounds):
        if not ask("/api/embeddings/embed", {"text": batches[0][0]})["cached"]:
            sys.exit("A text was not found in the cache.")
    time.sleep(0.2)
    connection.request("GET", "/api/embeddings/cache")
    tiers = json.loads(connection.getresponse().read())["tiers"]
    if tiers[1]["hits"] < 256 * rounds:
        sys.exit(f"Redis knew only {tiers[1]['hits']} of {256 * rounds} texts.")
    many, one = times("/api/embeddings/embed-batch"), times("/api/embeddings/embed")
    print(round(statistics.median(many), 2), round(statistics.median(one[1:]), 3))


main()
