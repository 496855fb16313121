#!/usr/bin/env bash
# How fast written text becomes what is said, on one thread, in processor time: answers of an assistant in French and English, whole and by
# sentence, and the table of household sentences of the tests, where nearly every word is a number or a sign.
# The same with the largest lexicon that a house may have: 800 words and 200 patterns, of which five are in the texts.
# And the way back: the tests' table of transcripts, of which nearly every word is a number.
# Targets: 10 MB/s for each of them, 0.1 ms for any sentence.
set -euo pipefail
source "$(dirname "$0")/common.sh"

PACKAGE=$BENCH_DIR/SpokenText
SECONDS_EACH=${SECONDS_EACH:-2}
# As the server is built.
swift build "${RELEASE[@]}" --package-path "$PACKAGE" >&2
SPEED=$(swift build "${RELEASE[@]}" --package-path "$PACKAGE" --show-bin-path)/SpokenSpeed

measure() { # measure NAME LANGUAGE FILE [written|lexicon]: RATE, AVERAGE and SLOWEST
  read -r RATE AVERAGE SLOWEST <<<"$("$SPEED" "$2" "$3" "$SECONDS_EACH" "${@:4}")"
  printf '%-46s %10s ms\n' "$1: a line on average" "$AVERAGE"
  verdict "$1: the slowest line" "$SLOWEST" ms 0.1 le
}

measure "answers in French" fr "$PACKAGE/texts/fr.txt"
verdict "answers in French, whole" "$RATE" MB/s 10 ge
measure "answers in English" en "$PACKAGE/texts/en.txt"
verdict "answers in English, whole" "$RATE" MB/s 10 ge
measure "answers in French, lexicon" fr "$PACKAGE/texts/fr.txt" lexicon
verdict "answers in French, lexicon, whole" "$RATE" MB/s 10 ge
measure "household table" fr "$ROOT/Tests/SpokenTextTests/Fixtures/household.txt"
verdict "household table, whole" "$RATE" MB/s 10 ge
for language in fr en; do
  measure "transcripts, $language" $language "$ROOT/Tests/SpokenTextTests/Fixtures/transcripts.txt" written
  verdict "transcripts, $language, whole" "$RATE" MB/s 10 ge
done
exit $MISSED
