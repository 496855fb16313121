"""Requests that offer another protocol (h2c, websocket, TLS): the next request on the connection is answered."""

import contextlib
import pathlib
import shutil
import socket
import subprocess
import tempfile

import harness

OFFERS = {
    "h2c as curl and JDK": "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n",
    "websocket": "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    "TLS": "Upgrade: TLS/1.0\r\nConnection: upgrade\r\n",
    "unusual spelling": "Connection: keep-alive,UPGRADE\r\nUpgrade: a, b\r\n",
}
NEXT = b"GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"
BODY = b'{"text":""}'

JAVA = """
import java.net.URI;
import java.net.http.*;
import java.time.Duration;
public class Ask {
  public static void main(String[] arguments) throws Exception {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    int answered = 0;
    for (int i = 0; i < 4; i++) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(arguments[0] + (i % 2 == 0 ? "/health" : "/api/embeddings/embed")))
        .timeout(Duration.ofSeconds(20));
      if (i % 2 == 1) request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{\\"text\\":1}"));
      try { client.send(request.build(), HttpResponse.BodyHandlers.ofString()); answered++; } catch (java.io.IOException error) { }
    }
    System.out.println(answered);
  }
}
"""


def follow(server, first, pipelined):
    """Whether the request after FIRST is answered."""
    raw = server.connect(timeout=10)
    with contextlib.closing(raw), contextlib.suppress(OSError):
        if pipelined:
            raw.sendall(first + NEXT)
        else:
            raw.sendall(first)
        stream = raw.makefile("rb")
        seen = answers(stream, 1)
        if not pipelined:
            raw.sendall(NEXT)
        return seen == 1 and answers(stream, 1) == 1
    return False


def answers(stream, count):
    seen = 0
    for _ in range(count):
        line = stream.readline()
        if not line.startswith(b"HTTP/1.1 "):
            return seen
        length = 0
        while (line := stream.readline()) not in (b"\r\n", b""):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        stream.read(length)
        seen += 1
    return seen


def attack():
    with harness.Server("--set", "preload=false", "--set", "services.enabled=embeddings") as server:
        deaf = []
        for name, offer in OFFERS.items():
            for shape, head in {
                "without a body": f"GET /health HTTP/1.1\r\nHost: a\r\n{offer}\r\n".encode(),
                "with a body": f"POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{offer}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY,
                "in chunks": f"POST /api/embeddings/embed HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{offer}Transfer-Encoding: chunked\r\n\r\n".encode()
                + b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
            }.items():
                for pipelined in (False, True):
                    if not follow(server, head, pipelined):
                        deaf.append(f"{name} {shape}{' pipelined' if pipelined else ''}")
        for case in deaf:
            print(f"    deaf: {case}")
        harness.verdict("connections that are deaf after an offer, of 24", len(deaf), "", 0, "==")
        curl(server)
        java(server)


def curl(server):
    if not shutil.which("curl"):
        return print("  curl is not installed: left out")
    address = f"http://127.0.0.1:{server.port}/health"
    command = ["curl", "-s", "-m", "20", "--http2", "-o", "/dev/null", "-w", "%{http_code} ", address, "-o", "/dev/null", address]
    seen = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    harness.verdict("answers to two requests of curl --http2", seen.split().count("200"), "", 2, "==")


def java(server):
    if not shutil.which("java"):
        return print("  no JDK is installed: its client is left out")
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "Ask.java"
        source.write_text(JAVA)
        try:
            done = subprocess.run(
                ["java", str(source), f"http://127.0.0.1:{server.port}"], capture_output=True, text=True, timeout=150)
        except subprocess.TimeoutExpired:
            return harness.verdict("answers to four requests of JDK's HttpClient", 0, "", 4, "==")
        if done.returncode != 0:
            return print("  java cannot run a source file (a JRE without a compiler): its client is left out")
        harness.verdict("answers to four requests of JDK's HttpClient", int(done.stdout.strip() or 0), "", 4, "==")
