#!/usr/bin/env bash
# Runs one benchmark by name (README.md lists them), or all of them. ./jarvis bench [name] comes here.
set -uo pipefail
cd "$(dirname "$0")"

known() { for file in *_bench.sh; do echo "${file%_bench.sh}"; done; }

usage() {
  cat <<'EOF'
Usage: ./jarvis bench [name [argument…]]

Measures a release build against what the project promises on speed and memory: all benchmarks, or the one named.

  accuracy    how many words speech-to-text hears wrongly, in the tests'     seconds
              recordings, or in those of folders that follow
  cache       time for texts whose vectors are known, from memory and Redis   half a minute
  embedding   time for one text and for ten in a batch, over HTTP            10 seconds
  faults      whether what clients, files and texts did to earlier           minutes
              versions still does it; names of attacks may follow, and --short
  espeak      what it costs that espeak-ng is a process of its own           a second
  fuzz        whether any of 20,000 wild texts ends the server               minutes; --short sends 1,000
  http        time of GET /health, and how many a second, against a bare     over a minute; minutes more the first
              route                                                          time, which builds that route
  long_audio  memory that 3 hours of speech need more than 10 seconds        a minute or two
  memory      memory of the idle server, without and with models             a minute, see below
  overload    what each bridge, or those that follow, does under ten          minutes
              times the load that it can carry
  speech      how many times faster than faster-whisper real speech is       a minute or two
              transcribed
  spoken      how fast written text becomes what is said                     half a minute
  swap        whether a hundred changes of the default models under load      minutes
              cost a request, or memory
  tokens      processor time of a token that is streamed to fifty clients    half a minute
  whisper     time for 30 seconds of sound by networks like whisper-base     half a minute, see below

memory and whisper need a Python with Tools/requirements.txt, named by PYTHON, and take minutes more the first time, to make
their networks; speech needs one with faster-whisper. A figure that misses its target ends the benchmark with 1. Stop other work first: it makes figures worse.
Benchmarks/README.md has the targets, results and settings.

Examples:
  ./jarvis bench
  MODEL=whisper-base,whisper-small ./jarvis bench accuracy ~/recordings
  ./jarvis bench http
  HOURS=0.5 ./jarvis bench long_audio
  PYTHON=$PWD/.venv/bin/python ./jarvis bench whisper
EOF
}

case "${1:-}" in -h | --help) usage; exit ;; esac
if [ $# -gt 0 ]; then
  [ -f "$1_bench.sh" ] || {
    echo "error: there is no benchmark '$1'; there are $(known | paste -sd ' '), and './jarvis bench --help' says what they measure." >&2
    exit 64
  }
  exec "./$1_bench.sh" "${@:2}"
fi
status=0
for name in $(known); do
  echo "== $name"
  "./${name}_bench.sh" || status=1
done
exit $status
