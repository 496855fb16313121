#!/usr/bin/env bash
# Runs one benchmark by name (README.md lists them), or all of them. ./jarvis bench [name] comes here.
set -uo pipefail
cd "$(dirname "$0")"

known() { for file in *_bench.sh; do echo "${file%_bench.sh}"; done; }

if [ $# -gt 0 ]; then
  [ -f "$1_bench.sh" ] || { echo "error: there is no benchmark '$1'. There are: $(known | tr '\n' ' ')" >&2; exit 2; }
  exec "./$1_bench.sh"
fi
status=0
for name in $(known); do
  echo "== $name"
  "./${name}_bench.sh" || status=1
done
exit $status
