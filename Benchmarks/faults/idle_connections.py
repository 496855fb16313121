"""Connections that others should not wait for, more than are served at the same time: idle, slow to read, or sending what is refused.

And the other way round: nobody is reset for others who has just come, or is still taking an answer.
"""

import contextlib
import pathlib
import resource
import threading
import time

import harness

ANSWERED = 5 if harness.SHORT else 1
EXTRA = 64
HEALTH = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = b"GET /openapi.yaml HTTP/1.1\r\nHost: a\r\n\r\n"


def attack():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    idle()
    answered_early()
    slow_readers()
    bursts()
    half_sent()
    still_taking()
    few_files()


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
        if harness.SHORT:
            # Thousands of answers take a while on a busy machine, and are not what is looked at.
            wait_until_done(server)
        for look in range(1 if harness.SHORT else 5):
            seconds, status = ask(server, "/health", 12)
            harness.verdict(f"/health behind {limit + EXTRA} slow readers, look {look + 1}", seconds, "s", ANSWERED)
            harness.verdict(f"/health, look {look + 1} (status)", status, "", 200, "==")
        seconds, status = ask(server, "/api/tts/voices", 12)
        harness.verdict("a refusal of work behind them", seconds, "s", ANSWERED)
        harness.verdict("a refusal of work (status)", status, "", 503, "==")


def wait_until_done(server):
    """Until the server computes next to nothing, for 20 s at most."""
    used, end = None, time.monotonic() + 20
    while time.monotonic() < end:
        fields = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        before, used = used, int(fields[11]) + int(fields[12])
        if before is not None and used - before <= 2:
            return
        time.sleep(0.5)


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


def answers(clients, count=1):
    """How many of CLIENTS get COUNT whole answers, and all statuses that came."""
    good, statuses = 0, []
    for raw in clients:
        try:
            with raw.makefile("rb") as file:
                statuses += [read_answer(file) for _ in range(count)]
            good += 1
        except (OSError, EOFError) as error:
            print(f"    {error!r}")
    return good, statuses


def read_answer(file):
    """The status of the next answer, which has a Content-Length."""
    lines = []
    while not lines or lines[-1].strip():
        lines.append(file.readline())
        if not lines[-1]:
            raise EOFError("the end")
    length = next(int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:"))
    if len(file.read(length)) < length:
        raise EOFError("the end in the middle of an answer")
    return int(lines[0].split()[1])


def bursts():
    """More clients at once than are served, which ask as they come, or all have come before they ask; behind idle ones too."""
    limit = 16
    with crowded(limit) as (server, held):
        for name, count, idle, pause in [
            ("24 at once", 24, 0, False), ("40 at once", 40, 0, False), ("40 that come, then ask", 40, 0, True),
            (f"50 behind {limit + EXTRA} idle ones", 50, limit + EXTRA, False), ("20 more, that come, then ask", 20, 0, True),
        ]:
            held += [server.connect() for _ in range(idle)]
            for path in ("/health", "/api/tts/voices"):
                clients = []
                request = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
                for _ in range(count):
                    clients.append(server.connect())
                    if not pause:
                        clients[-1].sendall(request)
                if pause:
                    time.sleep(0.35)
                    for raw in clients:
                        raw.sendall(request)
                good, statuses = answers(clients)
                harness.verdict(f"{path}, {name}: answered", good, "", count, "==")
                allowed = {200} if path == "/health" else {200, 503}
                harness.verdict(f"{path}, {name}: other statuses", len(set(statuses) - allowed), "", 0, "==")
                for raw in clients:
                    raw.close()


def half_sent():
    """Clients whose request is answered before they send its end, which they never do: they send a byte now and then, and come again
    when they are dropped."""
    limit, count = 16, 200
    begun = b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"
    with crowded(limit) as (server, held):
        over = threading.Event()

        def come():
            raw = server.connect(timeout=3)
            raw.sendall(begun)
            raw.settimeout(0.01)
            held.append(raw)

        def go_on():
            while not over.is_set():
                for raw in list(held):
                    try:
                        raw.sendall(b"x")
                    except TimeoutError:
                        pass
                    except OSError:
                        raw.close()
                        held.remove(raw)
                        with contextlib.suppress(OSError):
                            come()
                over.wait(0.3)

        for _ in range(count):
            with contextlib.suppress(OSError):
                come()
        others = threading.Thread(target=go_on)
        others.start()
        try:
            for look in range(3 if harness.SHORT else 8):
                time.sleep(0.3)
                seconds, status = ask(server, "/health", 12)
                harness.verdict(f"/health beside {count} half-sent, look {look + 1}", seconds, "s", ANSWERED)
                harness.verdict(f"/health, look {look + 1} (status)", status, "", 200, "==")
        finally:
            over.set()
            others.join()


def still_taking():
    """Answers that the system holds for slow clients, who ask for more while others need the room."""
    limit, count = 16, 4
    with crowded(limit) as (server, held):
        for name, begun, rest in [("nothing", b"", b""), ("the next request", b"", LARGE), ("the rest of a head", LARGE[:10], LARGE[10:])]:
            slow = [server.connect(receive_buffer=4096) for _ in range(limit)]
            for raw in slow:
                raw.sendall(LARGE * count + begun)
            time.sleep(1)
            # So many that some have to go, and no more.
            others = [server.connect() for _ in range(EXTRA + limit)]
            for raw in others:
                raw.sendall(HEALTH)
            harness.verdict(f"newcomers beside slow clients who send {name}", answers(others)[0], "", len(others), "==")
            for raw in slow:
                with contextlib.suppress(OSError):
                    raw.sendall(rest)
            harness.verdict(f"slow clients who send {name}: got all answers", answers(slow, count)[0], "", limit, "==")
            for raw in slow + others:
                raw.close()


def few_files():
    """Where the system allows few files, the log says that limits.connections is lowered, and bursts are answered."""
    def lower():
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    with harness.Server("--set", "preload=false", before=lower) as server:
        lines = [line for line in server.log_path.read_text().splitlines() if "limits.connections" in line]
        harness.verdict("lines in the log about few files", len(lines), "", 1, "==")
        clients = [server.connect() for _ in range(40)]
        for raw in clients:
            raw.sendall(HEALTH)
        harness.verdict("40 at once with 256 files: answered", answers(clients)[0], "", 40, "==")
        for raw in clients:
            raw.close()
