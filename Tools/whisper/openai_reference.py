"""openai-whisper's own decoding code, run on the tiny fixtures. Imported by references.py; not run by itself.

`TinyWhisper` is openai's `Whisper` class with the weights of the Hugging Face model and the small vocabulary of
tiny_vocabulary.py. `OnnxWhisper` is the same with its encoder and decoder replaced by the exported ONNX files, run by
onnxruntime: that is the reference for int8 and float16 files, whose arithmetic PyTorch does not share. Decoding
rules, beam search, the seek loop and word alignment are openai-whisper's, unchanged.

One thing differs on purpose: the log-mel spectrogram is made for each 30 s window, as transformers' feature extractor
does, and not for the whole file. The models' encoders therefore take audio laid out as a "spectrogram" of 160 rows
(one column a hop), which `transcribe` slices and pads like any other.
"""

import sys

import numpy as np
import onnxruntime
import torch
import whisper.decoding
import whisper.transcribe
from transformers import WhisperFeatureExtractor
from whisper.model import ModelDimensions, Whisper

HOP = 160
# `whisper.transcribe` is the function of that name; this is the module.
TRANSCRIBE = sys.modules["whisper.transcribe"]
RENAMED = [
    ("model.", ""), ("layers.", "blocks."), ("fc1", "mlp.0"), ("fc2", "mlp.2"), ("final_layer_norm", "mlp_ln"),
    ("self_attn_layer_norm", "attn_ln"), ("encoder_attn_layer_norm", "cross_attn_ln"), ("self_attn", "attn"),
    ("encoder_attn", "cross_attn"), ("q_proj", "query"), ("k_proj", "key"), ("v_proj", "value"), ("out_proj", "out"),
    ("decoder.layer_norm", "decoder.ln"), ("encoder.layer_norm", "encoder.ln_post"),
    ("embed_tokens", "token_embedding"), ("embed_positions.weight", "positional_embedding"),
]


def frames(audio: np.ndarray) -> torch.Tensor:
    """Samples as [160, hops]; an incomplete last hop is dropped, as in the spectrogram of the whole file."""
    whole = len(audio) // HOP * HOP
    return torch.from_numpy(audio[:whole].reshape(-1, HOP).T.copy())


class TinyWhisper(Whisper):
    # Amplitude of noise on the features, to find answers that hang on a rounding.
    noise = 0.0
    float16 = False

    def __init__(self, dims: ModelDimensions, vocabulary, multilingual: bool):
        super().__init__(dims)
        self.vocabulary = vocabulary
        self._multilingual = multilingual
        self.extractor = WhisperFeatureExtractor(feature_size=dims.n_mels)

    is_multilingual = property(lambda self: self._multilingual)
    num_languages = property(lambda self: self.vocabulary.languages)

    def mel(self, windows: torch.Tensor) -> torch.Tensor:
        """[B, 160, 3000] to [B, mels, 3000]."""
        audio = windows.transpose(-1, -2).reshape(windows.shape[0], -1).numpy()
        made = self.extractor(list(audio), sampling_rate=16000, return_tensors="pt", padding="max_length")
        features = made.input_features.numpy()
        noise = self.noise * np.random.default_rng(1).uniform(-1, 1, features.shape)
        return torch.from_numpy((features + noise).astype(np.float32))

    @classmethod
    def from_huggingface(cls, model, vocabulary, multilingual: bool, alignment_heads=None):
        config = model.config
        dims = ModelDimensions(
            config.num_mel_bins, config.max_source_positions, config.d_model, config.encoder_attention_heads,
            config.encoder_layers, config.vocab_size, config.max_target_positions, config.d_model,
            config.decoder_attention_heads, config.decoder_layers)
        made = cls(dims, vocabulary, multilingual)
        weights = {}
        for name, weight in model.state_dict().items():
            if name == "proj_out.weight":
                continue
            for old, new in RENAMED:
                name = name.replace(old, new)
            weights[name] = weight
        made.load_state_dict(weights)
        made.eval()
        encode = made.encoder.forward
        made.encoder.forward = lambda windows: encode(made.mel(windows))
        if alignment_heads:
            mask = torch.zeros(dims.n_text_layer, dims.n_text_head, dtype=torch.bool)
            for layer, head in alignment_heads:
                mask[layer, head] = True
            made.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
        return made


class OnnxWhisper(TinyWhisper):
    """Decoder runs as the Swift code makes them: the whole prompt at once, then one token a step."""

    def use(self, encoder: str, first: str, with_past: str):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        load = lambda path: onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.encoder_session, self.first = load(encoder), load(first)
        self.with_past = self.first if with_past == first else load(with_past)
        self.float = np.float16 if "float16" in self.encoder_session.get_inputs()[0].type else np.float32
        self.encoder.forward = self.encode
        self.float16 = self.float == np.float16

    def encode(self, windows: torch.Tensor) -> torch.Tensor:
        features = self.mel(windows).numpy().astype(self.float)
        hidden = self.encoder_session.run(["last_hidden_state"], {"input_features": features})[0]
        return torch.from_numpy(hidden.astype(np.float32))

    def run(self, session, tokens, hidden, past):
        given, batch = {}, tokens.shape[0]
        for info in session.get_inputs():
            if info.name == "input_ids":
                given[info.name] = tokens
            elif info.name == "encoder_hidden_states":
                given[info.name] = hidden.astype(self.float)
            elif info.name == "use_cache_branch":
                given[info.name] = np.array([past is not None])
            elif past is not None:
                given[info.name] = past[info.name]
            else:
                given[info.name] = np.zeros((batch, info.shape[1], 0, info.shape[3]), self.float)
        names = [o.name for o in session.get_outputs() if "attentions" not in o.name]
        made = dict(zip(names, session.run(names, given)))
        kept = dict(past or {})
        for name, value in made.items():
            if name.startswith("present.") and (past is None or ".encoder." not in name):
                kept[name.replace("present", "past_key_values")] = value
        logits = made["logits"].astype(np.float32)
        # Float16 logits are cut into steps of a thousandth and more, so neighbours tie now and then.
        step = 50 * self.noise if self.float16 else self.noise
        logits += (step * np.random.default_rng(int(tokens.sum())).uniform(-1, 1, logits.shape)).astype(np.float32)
        return torch.from_numpy(logits), kept

    def logits(self, tokens: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        return self.run(self.first, tokens.numpy(), hidden[: len(tokens)].numpy(), None)[0]


class OnnxInference(whisper.decoding.Inference):
    def __init__(self, model: OnnxWhisper, initial_token_length: int):
        self.model, self.past = model, None

    def logits(self, tokens, audio_features):
        if self.past is None:
            # One row, replicated for beams: as in the Swift code, and what int8 activations are scaled by.
            rows = tokens.shape[0]
            logits, self.past = self.model.run(
                self.model.first, tokens[:1].numpy(), audio_features[:1].numpy(), None)
            self.past = {k: np.repeat(v, rows, axis=0) for k, v in self.past.items()}
            return logits.repeat(rows, 1, 1)
        logits, self.past = self.model.run(
            self.model.with_past, tokens[:, -1:].numpy(), audio_features.numpy()[:1], self.past)
        return logits

    def rearrange_kv_cache(self, source_indices):
        for name, value in self.past.items():
            if ".decoder." in name:
                self.past[name] = value[source_indices]

    def cleanup_caching(self):
        self.past = None


def install() -> None:
    """Makes openai-whisper's modules take their tokenizer, inference and spectrogram from the model given."""
    inference = whisper.decoding.PyTorchInference
    whisper.decoding.PyTorchInference = lambda model, length: (
        OnnxInference(model, length) if isinstance(model, OnnxWhisper) else inference(model, length))
    TRANSCRIBE.log_mel_spectrogram = lambda audio, mels, padding: torch.nn.functional.pad(
        frames(audio), (0, padding // HOP))


def use_vocabulary(vocabulary) -> None:
    def get_tokenizer(multilingual, *, num_languages=99, language=None, task=None):
        if not multilingual:
            return vocabulary.whisper_tokenizer()
        return vocabulary.whisper_tokenizer(language or "en", task or "transcribe")

    whisper.decoding.get_tokenizer = get_tokenizer
    TRANSCRIBE.get_tokenizer = get_tokenizer
