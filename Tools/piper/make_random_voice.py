"""Writes a voice with Piper's real network, medium quality, and random weights: for measuring time and memory, and for comparing
sound with piper-tts where no voice can be downloaded. What it says is noise.

Run:  python Tools/piper/make_random_voice.py OUTPUT.onnx [SPEAKERS]
Needs Tools/requirements.txt. The file has 63 MB (one speaker) or 77 MB and is not committed.
"""

import json
import sys
import types

# Only training needs it, and the wheel does not hold it compiled.
alignment = types.ModuleType("piper.train.vits.monotonic_align")
alignment.maximum_path = None
sys.modules[alignment.__name__] = alignment

import torch  # noqa: E402
from piper.train.vits.models import SynthesizerTrn  # noqa: E402

import voices  # noqa: E402


def main(output: str, speakers: int) -> None:
    torch.manual_seed(1)
    network = SynthesizerTrn(
        n_vocab=256, spec_channels=513, segment_size=32, inter_channels=192, hidden_channels=192, filter_channels=768,
        n_heads=2, n_layers=6, kernel_size=3, p_dropout=0.1, resblock="2", resblock_kernel_sizes=(3, 5, 7),
        resblock_dilation_sizes=((1, 2), (2, 6), (3, 12)), upsample_rates=(8, 8, 4), upsample_initial_channel=256,
        upsample_kernel_sizes=(16, 16, 8), n_speakers=speakers, gin_channels=512 if speakers > 1 else 0, use_sdp=True)
    network.eval()
    with torch.no_grad():
        network.dec.remove_weight_norm()

    def forward(text, lengths, scales, sid=None):
        sound = network.infer(
            text, lengths, sid=sid, noise_scale=scales[0], length_scale=scales[1], noise_scale_w=scales[2])[0]
        return sound.unsqueeze(1)

    network.forward = forward
    example = (torch.randint(0, 256, (1, 50)), torch.LongTensor([50]), torch.FloatTensor([0.667, 1.0, 0.8]),
               torch.LongTensor([0]) if speakers > 1 else None)
    torch.onnx.export(
        network, example, output, opset_version=15, dynamo=False,
        input_names=["input", "input_lengths", "scales", "sid"], output_names=["output"],
        dynamic_axes={"input": {0: "batch_size", 1: "phonemes"}, "input_lengths": {0: "batch_size"},
                      "output": {0: "batch_size", 2: "time"}})
    names = {f"speaker{i}": i for i in range(speakers)} if speakers > 1 else {}
    with open(output + ".json", "w", encoding="utf-8") as file:
        json.dump(voices.configuration("fr", 22050, names), file, ensure_ascii=False)


main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
