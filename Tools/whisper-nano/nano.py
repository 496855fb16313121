"""The network of whisper-nano, its compact vocabulary and its features: shared by training, export and evaluation.

Whisper's own architecture (convolution stem, sinusoidal encoder positions, learned decoder positions, pre-norm blocks), with
two changes that keep it small and quick without changing its interface:
- Only the tokens that the grammar can produce have rows in the embedding (`Vocabulary`); export maps Whisper's 51,865 ids to them.
- Frames after the last sound are left out of attention; export finds them by their floor value.
"""
import json
import math
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import whisper.audio
import whisper.tokenizer

import grammar
import phonemes

EOT, SOT, TRANSLATE, TRANSCRIBE, NOSPEECH, NOTIMESTAMPS, TIMESTAMP0 = 50257, 50258, 50358, 50359, 50362, 50363, 50364
LANGUAGES = {"en": 50259, "fr": 50265}
D, HEADS, ENCODER_LAYERS, DECODER_LAYERS, TEXT_POSITIONS = 192, 3, 4, 3, 448

tokenizer = whisper.tokenizer.get_tokenizer(multilingual=True)


class Vocabulary:
    """Whisper ids <-> rows of the compact embedding. Row 0 is every id that is never trained."""

    def __init__(self, ids, phonemes):
        self.ids = ids
        self.row = {token: index + 1 for index, token in enumerate(ids)}
        self.size = len(ids) + 1
        self.phonemes = {symbol: index + 1 for index, symbol in enumerate(phonemes)}

    @classmethod
    def from_grammar(cls):
        rng = random.Random(5)
        text, spoken = set(), set()
        for language in ("fr", "en"):
            for number in range(60000):
                sentence = grammar.sentence(rng, language)
                text.update(tokenizer.encode(" " + sentence))
                if number < 6000:
                    spoken.update(phonemes.ipa(sentence, language))
        special = [EOT, SOT, *LANGUAGES.values(), TRANSLATE, TRANSCRIBE, 50360, 50361, NOSPEECH, NOTIMESTAMPS]
        return cls(sorted(text) + sorted(special) + list(range(TIMESTAMP0, TIMESTAMP0 + 1501)), sorted(spoken))

    def rows(self, ids):
        return [self.row.get(token, 0) for token in ids]


FILTERS = whisper.audio.mel_filters("cpu", 80)
WINDOW = torch.hann_window(400)


def log_mel(samples):
    """[80, frames] of one clip, as Whisper computes it; the maximum is the clip's own."""
    spectrum = torch.stft(samples, 400, 160, window=WINDOW, return_complex=True)[..., :-1].abs() ** 2
    log = torch.clamp(FILTERS @ spectrum, min=1e-10).log10()
    return (torch.maximum(log, log.max() - 8) + 4) / 4


def sinusoids(length, channels):
    scale = torch.exp(-math.log(10000) / (channels // 2 - 1) * torch.arange(channels // 2))
    angle = torch.arange(length)[:, None] * scale[None, :]
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.key = nn.Linear(D, D), nn.Linear(D, D, bias=False)
        self.value, self.out = nn.Linear(D, D), nn.Linear(D, D)

    def split(self, x):
        return x.view(x.shape[0], -1, HEADS, D // HEADS).transpose(1, 2)

    def forward(self, x, source, mask=None, causal=False):
        # Spelled out: at these short lengths it is quicker on a CPU than `scaled_dot_product_attention`.
        scores = self.split(self.query(x)) * (D // HEADS) ** -0.5 @ self.split(self.key(source)).transpose(2, 3)
        if causal:
            mask = torch.ones(scores.shape[2:], dtype=torch.bool, device=x.device).tril()
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e9)
        y = scores.softmax(-1).to(x.dtype) @ self.split(self.value(source))
        return self.out(y.transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, cross, dropout=0.0):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(D), Attention()
        self.cross = cross
        if cross:
            self.norm_cross, self.cross_attention = nn.LayerNorm(D), Attention()
        self.norm2, self.fc1, self.fc2 = nn.LayerNorm(D), nn.Linear(D, 4 * D), nn.Linear(4 * D, D)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, source=None, mask=None):
        y = self.norm1(x)
        x = x + self.dropout(self.attention(y, y, None if self.cross else mask, causal=self.cross))
        if self.cross:
            x = x + self.dropout(self.cross_attention(self.norm_cross(x), source, mask))
        return x + self.dropout(self.fc2(F.gelu(self.fc1(self.norm2(x)))))


class Nano(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv1d(80, D, 3, padding=1), nn.Conv1d(D, D, 3, stride=2, padding=1)
        self.register_buffer("positions", sinusoids(1500, D))
        self.encoder = nn.ModuleList(Block(False) for _ in range(ENCODER_LAYERS))
        self.encoder_norm = nn.LayerNorm(D)
        self.embedding = nn.Embedding(vocabulary.size, D)
        self.text_positions = nn.Parameter(torch.randn(TEXT_POSITIONS, D) * 0.01)
        self.decoder = nn.ModuleList(Block(True) for _ in range(DECODER_LAYERS))
        self.decoder_norm = nn.LayerNorm(D)
        self.ctc = nn.Linear(D, 1 + len(vocabulary.phonemes))  # trains the encoder; not exported
        nn.init.normal_(self.embedding.weight, std=0.03)
        for convolution in (self.conv1, self.conv2):  # else the positions drown the sound
            nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")

    def encode(self, mel, mask):
        """mel [B, 80, frames], mask [B, 1, 1, frames / 2] -> [B, frames / 2, D]"""
        x = F.gelu(self.conv2(F.gelu(self.conv1(mel)))).transpose(1, 2)
        x = x + self.positions[: x.shape[1]]
        for block in self.encoder:
            x = block(x, mask=mask)
        return self.encoder_norm(x)

    def decode(self, rows, source, mask):
        x = self.embedding(rows) + self.text_positions[: rows.shape[1]]
        for block in self.decoder:
            x = block(x, source, mask)
        return F.linear(self.decoder_norm(x), self.embedding.weight)


def load_clips(path):
    data = np.load(path + ".npz")
    with open(path + ".json") as file:
        return data["samples"], data["offsets"], json.load(file)
