#!/usr/bin/env bash
# Compares all numerals from 0 to 1,000,000 with those of ICU: cardinals, masculine and feminine, and ordinals, in French as in France,
# Belgium and Switzerland, and in English. Where they differ it shows the first of them and ends with 1. What ICU has wrong is put right
# first: its ordinals in 81 and 91, and in 1 and 11 behind hundreds and thousands ("quatre vingt et unième", "mille et onzième"), "un
# millionième", and the Belgian "quatre vingts mille".
#
#   Tools/spoken_text/oracle.sh [TO]        a minute; up to TO instead of a million
set -euo pipefail
cd "$(dirname "$0")"
pkg-config --exists icu-i18n || { echo "error: ICU is missing. Install it with: apt-get install libicu-dev" >&2; exit 1; }
WORK=$(mktemp -d); trap 'rm -rf "$WORK"' EXIT
cc -O2 -o "$WORK/icu" icu_spellout.c $(pkg-config --cflags --libs icu-i18n icu-uc)
swift build -c release --package-path numerals >&2
OURS=$(swift build -c release --package-path numerals --show-bin-path)/numerals

END=$((${1:-1000000} + 1)) MISSED=0
compare() { # compare LOCALE SET CORRECTION
  "$WORK/icu" "$1" "$2" 0 "$END" | sed -E "$3" >"$WORK/icu.txt"
  "$OURS" "$1" "$2" 0 "$END" >"$WORK/ours.txt"
  local count different
  count=$(wc -l <"$WORK/ours.txt")
  different=$({ diff "$WORK/icu.txt" "$WORK/ours.txt" || true; } | grep -c '^>' || true)
  printf '%-5s %-32s %8d numerals, %d differ\n' "$1" "$2" "$count" "$different"
  [ "$different" = 0 ] && [ "$count" = "$END" ] && return
  MISSED=1
  { diff "$WORK/icu.txt" "$WORK/ours.txt" || true; } | head -6
}

ORDINAL='s/(cent|mille|quatre vingt) et (un|onz)ième$/\1 \2ième/; s/ un millionième$/ millionième/'
for locale in fr fr_BE fr_CH; do
  belgian=''
  [ "$locale" != fr_BE ] || belgian='s/ quatre vingts mill/ quatre vingt mill/'
  for gender in masculine feminine; do compare "$locale" "%spellout-cardinal-$gender" "$belgian"; done
  for gender in masculine feminine; do compare "$locale" "%spellout-ordinal-$gender" "$ORDINAL;$belgian"; done
done
compare en %spellout-cardinal ''
compare en %spellout-ordinal ''
exit $MISSED
