"""Connections that others should not wait for, more than are served at the same time: idle, slow to read, or sending what is refused."""

import contextlib
import pathlib
import resource
import time

import harness

ANSWERED = 5 if harness.SHORT else 1
EXTRA = 64
LARGE = b"GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n\r\n"


def attack():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    idle()
    answered_early()
    slow_readers()


@contextlib.contextmanager
def crowded(limit):
    """A server for so many connections, and a list of connections to fill."""
    with harness.Server("--set", "preload=false", "--set", f"limits.connections={limit}") as server:
        held = []
        try:
            yield server, held
        finally:
            for raw in held:
                raw.close()


def ask(server, path, timeout):
    """Seconds and status; the timeout and 0 where no answer comes."""
    try:
        return server.timed("GET", path, timeout=timeout)[:2]
    except OSError:
        return float(timeout), 0


def idle():
    """Half of them say nothing at all; of the others, some asked once, and some stopped in the middle of a head."""
    count, limit = (150, 64) if harness.SHORT else (1283, 1024)
    said = [b"", b"", b"GET /ready HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /rea"]
    with crowded(limit) as (server, held):
        for index in range(count):
            held.append(server.connect())
            held[-1].sendall(said[index % len(said)])
        for path in ("/health", "/ready", "/metrics", "/api/tts/voices"):
            seconds, status = ask(server, path, 90)
            harness.verdict(f"{path} behind {count} idle connections", seconds, "s", ANSWERED)
            harness.verdict(f"{path}: no failure of the server (status)", status, "", 0 if path == "/ready" else 200,
                            ">=" if path == "/ready" else "==")


def answered_early():
    """Refused uploads whose clients send on, a byte now and then."""
    limit = 16
    with crowded(limit) as (server, held):
        for _ in range(limit):
            raw = server.connect()
            held.append(raw)
            raw.sendall(b"POST /api/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc")
            harness.read_answer(raw)
        for look in range(1 if harness.SHORT else 3):
            harness.verdict(f"work beside {limit} refused uploads, look {look + 1} (status)",
                            ask(server, "/api/tts/voices", 30)[1], "", 200, "==")
            for raw in held:
                with contextlib.suppress(OSError):
                    raw.sendall(b"x")
            time.sleep(0 if harness.SHORT else 8)


def slow_readers():
    """Clients that ask for just so much that the system takes all of it but the end of the last answer, and read nothing."""
    limit = 8 if harness.SHORT else 40
    with crowded(limit) as (server, held):
        large = len(server.request("GET", "/openapi.yaml")[2]) + 250
        system = held_by_system(server)
        if system is None:
            return print("  (slow readers: only Linux tells what the system holds; left out)")
        for _ in range(limit + EXTRA):
            raw = server.connect(receive_buffer=4096)
            held.append(raw)
            with contextlib.suppress(OSError):
                raw.sendall(LARGE * (system // large + 2))
        time.sleep(1.5)
        for look in range(1 if harness.SHORT else 5):
            seconds, status = ask(server, "/health", 12)
            harness.verdict(f"/health behind {limit + EXTRA} slow readers, look {look + 1}", seconds, "s", ANSWERED)
            harness.verdict(f"/health, look {look + 1} (status)", status, "", 200, "==")
        seconds, status = ask(server, "/api/tts/voices", 12)
        harness.verdict("a refusal of work behind them", seconds, "s", ANSWERED)
        harness.verdict("a refusal of work (status)", status, "", 503, "==")


def held_by_system(server):
    """How many bytes of answers the system holds for a client that reads nothing; None where it does not tell."""
    table = pathlib.Path("/proc/net/tcp")
    if not table.exists():
        return None
    with server.connect(receive_buffer=4096) as raw:
        raw.sendall(LARGE * 300)
        time.sleep(1.5)
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
        return max((int(row[4].split(":")[0], 16) for row in rows
                    if row[3] == "01" and row[1].endswith(f":{server.port:04X}")), default=None)
