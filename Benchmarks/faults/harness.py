"""Shared by the attacks in this folder: starts a server of its own on a free port, talks to it in raw bytes, prints verdicts.

Each attack is a file NAME.py with a function attack(). It is bounded in time and load and sends to 127.0.0.1 only.
"""

import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPER_VOICE = "tones"
# A proxy leads to other machines; the servers here are asked directly.
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1,localhost"
BINARY = os.environ.get("JARVIS_BINARY") or str(ROOT / ".build/release/jarvis-bridges")
OWN_DATA = pathlib.Path(
    os.environ.get("JARVIS_DATA_DIR")
    or pathlib.Path(os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local/share") / "jarvis-bridges")
# The short form, for continuous integration: less load, and limits that a busy machine and a debug build keep.
SHORT = os.environ.get("FAULTS_SHORT") == "1"

missed = []


def verdict(name, seen, unit, limit, sign="<="):
    """Prints one line, remembers a miss. SIGN is <=, >= or ==."""
    good = {"<=": seen <= limit, ">=": seen >= limit, "==": seen == limit}[sign]
    if not good:
        missed.append(name)
    shown = f"{seen:.3f}" if isinstance(seen, float) else str(seen)
    print(f"  {name:<58} {shown:>12} {unit:<6} ({sign} {limit}) {'ok' if good else 'MISSED'}", flush=True)


def installed(model):
    """The folder of a model of this machine's data folder, or of the one with real models in that of the tests; None without it."""
    folders = (OWN_DATA / "models" / model, OWN_DATA / "real" / "models" / model)
    return next((folder.resolve() for folder in folders if folder.is_dir()), None)


class Server:
    """A server with a data folder of its own; MODELS are linked into it from this machine's data folder.

    BEFORE is called in its process ahead of the program.
    """

    def __init__(self, *options, models=(), env=None, before=None):
        self.options = options
        self.models = models
        self.extra = env or {}
        self.before = before

    def __enter__(self):
        if not os.access(BINARY, os.X_OK):
            raise SystemExit(f"error: {BINARY} is not built. Run: ./jarvis build")
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="jarvis-faults-"))
        (self.data / "models").mkdir()
        if (OWN_DATA / "runtime").is_dir():
            (self.data / "runtime").symlink_to((OWN_DATA / "runtime").resolve())
        for model in self.models:
            folder = installed(model)
            if folder is None:
                raise SystemExit(f"error: the model {model} is not installed. Run: ./jarvis models pull {model}")
            (self.data / "models" / model).symlink_to(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        env = {k: v for k, v in os.environ.items() if not k.startswith(("JARVIS_", "HF_"))}
        # "a" is what requests in raw bytes call the server.
        env |= {"HF_HUB_OFFLINE": "1", "JARVIS_DATA_DIR": str(self.data), "JARVIS_ALLOWED_HOSTS": "a"} | self.extra
        self.log_path = self.data / "server.log"
        self.log = open(self.log_path, "wb")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", str(self.port), *self.options], cwd=self.data, env=env,
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, preexec_fn=self.before)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise SystemExit(f"error: the server ended at once:\n{self.log_path.read_text(errors='replace')}")
            with contextlib.suppress(OSError):
                if self.request("GET", "/ready", timeout=2)[0] in (200, 503):
                    return self
            time.sleep(0.1)
        raise SystemExit("error: the server does not answer after 60 s")

    def __exit__(self, *_):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.data, ignore_errors=True)

    def add_piper_voice(self):
        """The tests' voice of tones, PIPER_VOICE: a real Piper voice in all but size."""
        folder = self.data / "models" / PIPER_VOICE
        folder.mkdir()
        for name in (f"{PIPER_VOICE}.onnx", f"{PIPER_VOICE}.onnx.json"):
            shutil.copy(ROOT / "Tests/TextToSpeechTests/Fixtures/voices" / name, folder / name)

    @property
    def pid(self):
        return self.process.pid

    def alive(self):
        return self.process.poll() is None

    def rss(self):
        """Resident memory in MiB."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def wait_ready(self, timeout=120):
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if self.request("GET", "/ready", timeout=10)[0] == 200:
                return
            time.sleep(0.2)
        raise SystemExit("error: the server does not become ready")

    def request(self, method, path, body=None, headers=None, timeout=60):
        """One request on a connection of its own: (status, headers in lower case, body). A dict is sent as JSON."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def timed(self, *args, **named):
        """As request, with the seconds that it took in front."""
        start = time.monotonic()
        answer = self.request(*args, **named)
        return time.monotonic() - start, *answer

    def connect(self, timeout=30, receive_buffer=None):
        """A raw connection. RECEIVE_BUFFER: bytes that the system keeps for who does not read."""
        raw = socket.socket()
        if receive_buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.settimeout(timeout)
        raw.connect(("127.0.0.1", self.port))
        return raw


def read_answer(raw):
    """The next whole answer with Content-Length or chunks on a raw connection: (status, body). Raises OSError when none comes."""
    answer = http.client.HTTPResponse(raw)
    answer.begin()
    return answer.status, answer.read()
