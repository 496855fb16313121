"""FFmpeg that is killed, out of time or unable to start, and a disk without room: each is told from damaged audio, and shows no path."""

import json
import os
import pathlib
import subprocess
import tempfile

import harness

ENDS = (
    ("killed", "kill -KILL $$", 500, "internal"),
    ("crashed", "kill -SEGV $$", 500, "internal"),
    ("out of processor time", "kill -XCPU $$", 504, "timeout"),
    ("not to be started", "exit 127", 500, "internal"),
    ("refusing the audio", "echo 'Invalid data' >&2; exit 1", 422, "undecodable_audio"),
)
MP3 = b"ID3\x04" + bytes(60_000)


def code(server, method="POST", path="/api/stt/transcribe", body=MP3, kind="audio/mpeg"):
    status, _, answer = server.request(method, path, body, {"Content-Type": kind}, timeout=120)
    try:
        error = json.loads(answer)["error"]
        return status, error["code"], error["message"]
    except (ValueError, KeyError):
        return status, "", ""


def attack():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        program = folder / "ffmpeg"
        wrong = shown = 0
        path = {"PATH": f"{folder}:{os.environ['PATH']}"}
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
        with harness.Server(models=("silero-vad",), env=path) as server:
            for kind, script, status, wanted in ENDS:
                program.write_text(f"#!/bin/sh\n{script}\n")
                seen = code(server)
                shown += "/" in seen[2]
                if seen[:2] != (status, wanted):
                    wrong += 1
                    print(f"    {kind}: {seen}", flush=True)
        harness.verdict("ends of FFmpeg that are called something else", wrong, "", 0)
        disk = folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)], capture_output=True).returncode == 0
        if mounted:
            try:
                with harness.Server(models=("silero-vad",), env={"TMPDIR": str(disk)}) as server:
                    seen = code(server)
                    shown += "/" in seen[2]
                    harness.verdict("status where the disk of temporary files is full", seen[0], "", 507, "==")
            finally:
                subprocess.run(["umount", str(disk)], check=False)
        else:
            print("    (no right to mount a small disk; that part is left out)")
        harness.verdict("messages that show a path", shown, "", 0)
