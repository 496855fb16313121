"""Runs the attacks of this folder, or those named; ends with 1 when one of them finds something."""

import importlib
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
# What attacks share.
SHARED = ("harness", "harness_ollama", "run", "texts")
KNOWN = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in SHARED)

names = [name for name in sys.argv[1:] if name != "--short"]
if "--short" in sys.argv[1:]:
    os.environ["FAULTS_SHORT"] = "1"
for name in names:
    if name not in KNOWN:
        sys.exit(f"error: there is no attack '{name}'; there are {' '.join(KNOWN)}")

import harness  # noqa: E402  (reads the environment that was just set)

# The fuzz test is a benchmark of its own.
for name in names or [name for name in KNOWN if name != "fuzz"]:
    module = importlib.import_module(name)
    start = time.monotonic()
    print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0]}", flush=True)
    module.attack()
    print(f"  ({time.monotonic() - start:.0f} s)", flush=True)
if harness.missed:
    sys.exit("error: found something: " + "; ".join(harness.missed))
