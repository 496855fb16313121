#!/bin/sh
# Runs the inference engine under valgrind: 10 sessions with 100 runs, then 100 sessions with 1,000 runs. Fails when the
# second loses more memory than the first: whatever is lost once at the start is the engine's own, whatever grows is a leak.
#
#     Tools/onnxruntime/leak_check.sh
#
# Needs valgrind, libc6-dbg and the ONNX Runtime of the tests, in JARVIS_DATA_DIR or .build/test-data. './jarvis test' calls it; it
# takes some 40 s.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fixtures="$here/../../Tests/OnnxRuntimeTests/Fixtures"
scratch=${LEAKCHECK_SCRATCH:-$here/../../.build/leakcheck}
swift build --package-path "$here/leakcheck" --scratch-path "$scratch" -j 2
export JARVIS_DATA_DIR="${JARVIS_DATA_DIR:-$here/../../.build/test-data}"
unset JARVIS_ONNXRUNTIME
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Bytes and blocks that nothing points to any more, and in "in use" all that lives at the end.
measure() {
    command -v valgrind >/dev/null || { echo "valgrind is missing: apt-get install valgrind libc6-dbg" >&2; exit 1; }
    valgrind --leak-check=full --show-leak-kinds=definite,indirect --num-callers=25 --error-exitcode=0 --log-file="$log" \
        "$scratch/debug/leakcheck" "$fixtures" "$1" "$2" >&2
    sed -n 's/^==[0-9]*== *\(in use at exit\|definitely lost\|indirectly lost\): *\(.*\)$/\1: \2/p' "$log"
}

few=$(measure 10 100)
many=$(measure 100 1000)
printf '10 sessions, 100 runs:\n%s\n100 sessions, 1000 runs:\n%s\n' "$few" "$many"
lost() { printf '%s\n' "$1" | tr -d , | awk '/lost:/ { sum += $3 } END { print sum + 0 }'; }
used() { printf '%s\n' "$1" | tr -d , | awk '/in use/ { print $5 }'; }
# Memory that is still reachable may leak as well; 900 more runs and 90 more sessions may keep 64 KiB.
if [ "$(lost "$many")" -gt "$(lost "$few")" ] || [ "$(used "$many")" -gt $(($(used "$few") + 65536)) ]; then
    cat "$log"
    echo "Memory is lost with each run or session." >&2
    exit 1
fi
echo "No growing leak."
