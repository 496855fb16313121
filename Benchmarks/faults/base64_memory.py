"""A recording of 64 MiB as base64 in JSON: how much memory reading it takes, and that many at once are refused, not held."""

import concurrent.futures
import pathlib

import harness


def peak(server):
    """The most resident memory so far in MiB."""
    for line in pathlib.Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def attack():
    mebibytes = 16 if harness.SHORT else 64
    body = b'{"audio_data":"' + b"AAAA" * (mebibytes << 18) + b'"}'
    kind = {"Content-Type": "application/json"}
    with harness.Server("--set", "preload=false", "--set", "limits.bodies_total=134217728") as server:
        # A second of silence first, so that the model, which comes with the server, does not count.
        silence = b'{"audio_data":"' + b"AAAA" * 21336 + b'"}'
        server.request("POST", "/api/stt/transcribe", silence, kind)
        idle = server.rss()
        seconds, status, *_ = server.timed("POST", "/api/stt/transcribe", body, kind, timeout=120)
        print(f"    status {status} after {seconds:.1f} s")
        # About 6 MiB are for the work on any long recording, whatever its size.
        harness.verdict("peak above idle, by the size of the body", (peak(server) - idle) / mebibytes, "times", 1.3 + 6 / mebibytes)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: status_of(server, body, kind), range(8)))
        print(f"    eight at once: {answers}")
        harness.verdict("answered of eight at once", answers.count(200), "", 1, ">=")
        harness.verdict("peak of eight at once above idle", peak(server) - idle, "MiB", 128 + mebibytes + 64)
        harness.verdict("/health afterwards", server.request("GET", "/health", timeout=20)[0], "", 200, "==")


def status_of(server, body, kind):
    try:
        return server.request("POST", "/api/stt/transcribe", body, kind, timeout=120)[0]
    except OSError:
        return 0
