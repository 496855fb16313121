"""Gives a server work of every kind, and asks a Prometheus that scrapes it for everything on the Grafana dashboard."""

import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

server, prometheus, dashboard = sys.argv[1:]


def post(path, body, content_type="application/json"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(server + path, data, {"Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read()


def work(round):
    """One request of each kind, one that is refused, and one that the language model's server refuses."""
    post("/api/llm/generate", {"prompt": "Bonjour"})
    spoken = json.loads(post("/api/tts/synthesize", {"text": "Allume la lumière.", "format": "wav"}))["audio_data"]
    post("/api/stt/transcribe", {"audio_data": spoken, "encoding": "wav"})
    # One that is new each time, and one that the cache has.
    post("/api/embeddings/embed-batch", {"texts": [f"Round {round}.", "Again."]})
    for path, body in [("/api/embeddings/embed", {"text": 7}), ("/api/llm/generate", {"prompt": "Oh", "model": "broken"})]:
        try:
            post(path, body)
        except urllib.error.HTTPError:
            pass


def query(expression):
    url = prometheus + "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.load(answer)["data"]["result"]
    except urllib.error.HTTPError as error:
        sys.exit(f"metrics check: FAILED: Prometheus cannot answer {expression}: {error.read().decode()}")


def empty_queries(expressions):
    """A number that is no number is no data either."""
    return [e for e in expressions if not any(r["value"][1] != "NaN" for r in query(e))]


def main():
    panels = json.load(open(dashboard))["panels"]
    expressions = [t["expr"].replace("$instance", ".*") for panel in panels for t in panel.get("targets", [])]
    # A rate needs two scrapes between which something happened.
    for round in range(20):
        work(round)
        time.sleep(1)
        empty = empty_queries(expressions)
        if not empty:
            print(f"dashboard: {len(expressions)} queries, all with data")
            return
    sys.exit("metrics check: FAILED: no data for\n  " + "\n  ".join(empty))


main()
