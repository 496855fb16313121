#!/usr/bin/env bash
# Writes docs/transcript.md: real calls of every endpoint of a running server, with their answers.
#
#   Tools/transcript/make.sh .build/release/jarvis-bridges > docs/transcript.md
#
# The language model is a stand-in (ollama_stand_in.py), unless OLLAMA_HOST says where a real one is.
set -euo pipefail
binary=$(readlink -f "${1:?usage: make.sh BINARY}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); cd "$work"
port=8005; stand_in=18434
if [ -z "${OLLAMA_HOST:-}" ]; then
  python3 "$here/ollama_stand_in.py" $stand_in & trap 'kill $(jobs -p); rm -rf "$work"' EXIT
  export JARVIS_OLLAMA_HOST=127.0.0.1:$stand_in
  for _ in $(seq 50); do curl -s -o /dev/null localhost:$stand_in && break; sleep 0.1; done
else trap 'kill $(jobs -p); rm -rf "$work"' EXIT; fi
"$binary" serve --quiet --port $port 2>/dev/null &
for _ in $(seq 100); do curl -sf localhost:$port/ready >/dev/null && break; sleep 0.2; done

# Long base64 and long lists are cut in the page, never in the answer.
show() {
  printf '```console\n$ %s\n' "$1"
  eval "$1" 2>&1 | python3 -c '
import re, sys
text = sys.stdin.read()
text = re.sub(r"([A-Za-z0-9+/=]{60})[A-Za-z0-9+/=]{40,}", r"\1…", text)
lines = [line if len(line) < 1200 else line[:1200] + " …" for line in text.splitlines()]
print("\n".join(lines[:40] + (["…"] if len(lines) > 40 else [])))'
  printf '```\n\n'
}
json="-H 'Content-Type: application/json'"
cat <<'EOF'
# Transcript

Real calls of a server started with `./jarvis serve` on a 2-core machine that reaches no model hub, so that fallbacks answer (among them
`whisper-nano`, the demo speech model that comes with the project). There was no Ollama either: the language model is a stand-in that always says the same sentence
(`Tools/transcript/ollama_stand_in.py`). Made by `Tools/transcript/make.sh`; long base64 and long answers are cut (…) on this page.

## Health
EOF
show "curl -s localhost:$port/health"
show "curl -s localhost:$port/ready"
show "curl -s localhost:$port/metrics | grep -v _bucket | head -20"
echo "## Language model"; echo
show "curl -s localhost:$port/api/llm/models"
show "curl -s localhost:$port/api/llm/generate $json -d '{\"prompt\":\"Explique le mot domotique.\",\"temperature\":0.7,\"max_tokens\":64}'"
show "curl -sN localhost:$port/api/llm/generate $json -d '{\"prompt\":\"Explique le mot domotique.\",\"stream\":true}'"
show "curl -sN localhost:$port/api/llm/chat $json -H 'Accept: application/x-ndjson' -d '{\"messages\":[{\"role\":\"user\",\"content\":\"Bonjour !\"}],\"stream\":true}'"
echo "## Text-to-speech"; echo
show "curl -s localhost:$port/api/tts/voices"
show "curl -s localhost:$port/api/tts/synthesize $json -d '{\"text\":\"Bonjour, comment allez-vous ?\"}'"
show "curl -s localhost:$port/api/tts/synthesize $json -H 'Accept: audio/wav' -d '{\"text\":\"Bonjour, comment allez-vous ?\"}' -o bonjour.wav; file bonjour.wav"
show "curl -s localhost:$port/api/tts/synthesize $json -H 'Accept: audio/wav' -d '{\"text\":\"Turn on the light in the living room.\",\"language\":\"en\"}' -o light.wav; file light.wav"
show "curl -s localhost:$port/api/tts/synthesize $json -d '{\"text\":\"Bonjour\",\"voice\":\"fr_FR-siwis-medium\"}'"
echo "## Speech-to-text"; echo
show "curl -s localhost:$port/api/stt/transcribe -F file=@light.wav"
show "curl -s localhost:$port/api/stt/transcribe $json -d '{\"audio_data\":\"pas du base64 !\"}'"
echo "## Embeddings"; echo
show "curl -s localhost:$port/api/embeddings/embed $json -d '{\"text\":\"Ceci est un texte à vectoriser\"}'"
show "curl -s localhost:$port/api/embeddings/embed-batch $json -d '{\"texts\":[\"Premier texte\",\"Deuxième texte\"]}'"
show "curl -s localhost:$port/api/embeddings/cache"
show "curl -s -X DELETE localhost:$port/api/embeddings/cache"
echo "## The description of all this"; echo
show "curl -s localhost:$port/openapi.yaml | sed -n 1,4p"
show "curl -s localhost:$port/openapi.json | cut -c1-300"
echo "## Errors"; echo
show "curl -s localhost:$port/api/embeddings/embed $json -d '{\"texte\":\"oups\"}'"
show "curl -s localhost:$port/api/llm/generate $json -d '{\"prompt\":\"a\",\"temperature\":9}'"
show "curl -s localhost:$port/api/tts/synthesize -d 'pas du JSON'"
show "curl -si -X PUT localhost:$port/health"
