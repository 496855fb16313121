#!/usr/bin/env bash
# Runs './jarvis test' where everything around the tests is wrong: other models and another engine in the user's data folder,
# configurations in every place that might be read, absurd variables, a server on port 8005. The tests must not notice.
#
#   Tools/tests/hostile_home.sh [FILTER]
#
# Without a filter it runs everything. Needs the network only where './jarvis test' has never run here.
set -euo pipefail
cd "$(dirname "$0")/../.."

[ ! -e jarvis.yaml ] || { echo "there is a jarvis.yaml in $PWD; move it away first" >&2; exit 1; }
work=$(mktemp -d)
server=
cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work" jarvis.yaml
}
trap cleanup EXIT

home=$work/home
data=$home/.local/share/jarvis-bridges
mkdir -p "$home/.config/jarvis-bridges" "$data/models" "$data/runtime/onnxruntime-99.0.0" "$work/tmp"

# Another Whisper in the place of each that is preferred, nonsense in the place of what tests use.
for id in whisper-base whisper-small whisper-nano; do
  cp -r Tests/SpeechToTextTests/Fixtures/whisper-multilingual "$data/models/$id"
done
for id in fr_FR-upmc-medium fr_FR-siwis-medium; do
  mkdir "$data/models/$id"
  for end in onnx onnx.json; do cp "Tests/TextToSpeechTests/Fixtures/voices/tones.$end" "$data/models/$id/$id.$end"; done
done
for id in paraphrase-multilingual-MiniLM-L12-v2 all-MiniLM-L6-v2 silero-vad; do
  mkdir -p "$data/models/$id/1_Pooling"
  for file in config.json modules.json sentence_bert_config.json 1_Pooling/config.json tokenizer.json model.safetensors \
    silero_vad_16k_sequence.onnx; do echo '{"nonsense":true}' >"$data/models/$id/$file"; done
done
echo '<html>' >"$data/models/piper-voices.json"
echo nonsense >"$data/runtime/onnxruntime-99.0.0/libonnxruntime.so.99.0.0"

for place in "$home" "$home/.config" "$home/.config/jarvis-bridges" "$work/tmp" "$work" .; do
  printf 'port: 1\nhost: 192.0.2.1\napi_keys: [hostile]\nmodels:\n  tts: nonsense\n' >"$place/jarvis.yaml"
done

python3 - <<'PYTHON' &
import http.server

class Nonsense(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"nonsense")
    do_POST = do_GET
    def log_message(self, *_):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", 8005), Nonsense).serve_forever()
PYTHON
server=$!

cache=${XDG_CACHE_HOME:-$HOME/.cache}
env HOME="$home" XDG_CACHE_HOME="$cache" XDG_DATA_HOME="$home/.local/share" XDG_CONFIG_HOME="$home/.config" TMPDIR="$work/tmp" \
  JARVIS_DATA_DIR="$data" JARVIS_CONFIG="$home/jarvis.yaml" JARVIS_PORT=1 JARVIS_HOST=192.0.2.1 JARVIS_API_KEYS=hostile \
  JARVIS_MODELS_TTS=nonsense JARVIS_MODELS_STT=nonsense JARVIS_ONNXRUNTIME=/nowhere/libonnxruntime.so JARVIS_NONSENSE=1 \
  JARVIS_LOG_LEVEL=loud JARVIS_COMMAND=nonsense JARVIS_BINARY=/nowhere HF_ENDPOINT=ftp://nowhere HF_TOKEN='a b' HF_HUB_OFFLINE=1 \
  HF_HOME=/nowhere OLLAMA_HOST=ftp://nowhere OLLAMA_MODELS=/nowhere ESPEAK_DATA_PATH=/nowhere NO_COLOR= \
  HTTP_PROXY=http://127.0.0.1:1 http_proxy=http://127.0.0.1:1 ALL_PROXY=socks4://127.0.0.1:1 all_proxy=socks4://127.0.0.1:1 \
  ./jarvis test "$@"
