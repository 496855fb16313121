"""Trains whisper-nano on CPU (or a GPU where one is), for a given number of minutes.

    python train.py DATA OUT --minutes 90        # continues from OUT/checkpoint.pt when there is one

The learning rate follows the share of the minutes that is used up; time spent before an interruption counts.
"""
import argparse
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

import nano
import phonemes
from nano import EOT, LANGUAGES, NOSPEECH, NOTIMESTAMPS, SOT, TIMESTAMP0, TRANSCRIBE, tokenizer

RATE = 16000


def noise(rng, count):
    """White, brown or hum noise of unit power."""
    kind = rng.random()
    if kind < 0.5:
        x = np.random.randn(count)
    elif kind < 0.8:
        x = np.convolve(np.random.randn(count), np.ones(8) / 8, "same")
    else:
        t = np.arange(count) / RATE
        x = sum(np.sin(2 * np.pi * rng.choice([50, 60, 100, 120, 440, 1000]) * k * t + rng.random()) / k for k in (1, 2, 3))
    return x / (np.sqrt(np.mean(x ** 2)) + 1e-9)


class Examples:
    def __init__(self, path, vocabulary, seed):
        self.samples, self.offsets, self.meta = nano.load_clips(path)
        self.vocabulary = vocabulary
        self.rng = random.Random(seed)
        self.by_language = {l: [i for i, m in enumerate(self.meta) if m["language"] == l] for l in LANGUAGES}
        self.tokens = [tokenizer.encode(" " + m["text"]) for m in self.meta]
        known = vocabulary.phonemes
        self.spoken = [[known[s] for s in phonemes.ipa(m["text"], m["language"]) if s in known] for m in self.meta]
        self.strength = 0.0

    def clip(self, index):
        return self.samples[self.offsets[index]: self.offsets[index + 1]].astype(np.float32) / 32768

    def silent(self):
        rng = self.rng
        count = int(rng.uniform(0.3, 4) * RATE)
        x = noise(rng, count) * 10 ** (rng.uniform(-70, -10) / 20)
        language = rng.choice(list(LANGUAGES))
        return x.astype(np.float32), [SOT, NOSPEECH], [True], [], language

    def draw(self):
        """(samples, tokens, which targets count, phonemes for CTC, language)"""
        rng = self.rng
        if rng.random() < 0.03:
            return self.silent()
        language = rng.choice(list(LANGUAGES))
        pieces, spans, spoken = [], [], []
        at = int(rng.uniform(0, 0.8) * RATE) if rng.random() < 0.8 else 0
        pieces.append(np.zeros(at, np.float32))
        for _ in range(rng.choices([1, 2, 3], [0.85, 0.1, 0.05])[0]):
            index = rng.choice(self.by_language[language])
            clip = self.clip(index) * 10 ** (rng.uniform(-25, 0) / 20)
            spans.append((at / RATE, (at + len(clip)) / RATE, self.tokens[index]))
            spoken += self.spoken[index]
            gap = int(rng.uniform(0.1, 0.8) * RATE)
            pieces += [clip, np.zeros(gap, np.float32)]
            at += len(clip) + gap
        x = np.concatenate(pieces)
        if rng.random() < 0.2 * self.strength:  # a room
            length = int(RATE * rng.uniform(0.05, 0.25))
            tail = np.random.randn(length) * np.exp(-np.linspace(0, 7, length)) * 0.15
            tail[0] = 1
            x = np.fft.irfft(np.fft.rfft(x, len(x) + len(tail)) * np.fft.rfft(tail, len(x) + len(tail)))[: len(x)]
        if rng.random() < 0.2 * self.strength:  # a telephone, or a microphone of that kind
            spectrum = np.fft.rfft(x)
            spectrum[int(len(spectrum) * rng.uniform(0.42, 0.9)):] = 0
            x = np.fft.irfft(spectrum, len(x))
        if rng.random() < 0.6 * self.strength:
            level = np.sqrt(np.mean(x ** 2)) * 10 ** (-rng.uniform(5, 45) / 20)
            x = x + noise(rng, len(x)) * level
        tokens, counts = [SOT, LANGUAGES[language], TRANSCRIBE], [True, False]
        if rng.random() < 0.55:
            for start, end, words in spans:
                tokens += [TIMESTAMP0 + round(start / 0.02), *words, TIMESTAMP0 + round(end / 0.02)]
        else:
            tokens.append(NOTIMESTAMPS)
            for _, _, words in spans:
                tokens += words
        tokens.append(EOT)
        counts += [tokens[3] != NOTIMESTAMPS] + [True] * (len(tokens) - 4)
        return np.clip(x, -1, 1).astype(np.float32), tokens, counts, spoken, language

    def batches(self, size):
        """Batches of clips of like length."""
        while True:
            pool = sorted((self.draw() for _ in range(size * 8)), key=lambda e: len(e[0]))
            groups = [pool[i: i + size] for i in range(0, len(pool), size)]
            self.rng.shuffle(groups)
            yield from groups


def collate(group, vocabulary, strength=1.0):
    mels = [nano.log_mel(torch.from_numpy(e[0])) for e in group]
    frames = -(-max(m.shape[1] for m in mels) // 32) * 32  # few different shapes: oneDNN builds a kernel for each
    lengths = torch.tensor([(m.shape[1] + 1) // 2 for m in mels])
    mel = torch.stack([F.pad(m, (0, frames - m.shape[1]), value=float(m.min())) for m in mels])
    for m in mel:  # SpecAugment
        for _ in range(2):
            width, start = random.randint(0, int(12 * strength)), random.randint(0, 68)
            m[start: start + width] = m.mean()
            width = random.randint(0, int(20 * strength))
            start = random.randint(0, max(0, frames - width))
            m[:, start: start + width] = m.mean()
    mask = (torch.arange(frames // 2)[None] < lengths[:, None])[:, None, None]
    longest = -(-max(len(e[1]) for e in group) // 4) * 4 + 1
    rows = torch.full((len(group), longest), vocabulary.row[EOT])
    target = torch.full((len(group), longest - 1), -100)
    for i, (_, tokens, counts, _, _) in enumerate(group):
        r = torch.tensor(vocabulary.rows(tokens))
        rows[i, : len(r)] = r
        target[i, : len(r) - 1] = torch.where(torch.tensor(counts), r[1:], -100)
    return mel, mask, lengths, rows, target


def word_errors(reference, hypothesis):
    a, b = ([w.strip(".,?!") for w in t.lower().split()] for t in (reference, hypothesis))
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return row[-1], len(a)


@torch.no_grad()
def evaluate(model, path, vocabulary, count):
    """Greedy, without timestamps, language detected: (word error rate by language, language accuracy)."""
    model.eval()
    samples, offsets, meta = nano.load_clips(path)
    errors, words, right = {"fr": 0, "en": 0}, {"fr": 0, "en": 0}, 0
    device = next(model.parameters()).device
    for i in range(count):
        x = torch.from_numpy(samples[offsets[i]: offsets[i + 1]].astype(np.float32) / 32768)
        mel = nano.log_mel(F.pad(x, (4800, 8000))).to(device)[None]
        source = model.encode(mel[..., : mel.shape[-1] & ~1], None)
        first = model.decode(torch.tensor([[vocabulary.row[SOT]]], device=device), source, None)[0, -1]
        language = max(LANGUAGES, key=lambda l: first[vocabulary.row[LANGUAGES[l]]].item())
        right += language == meta[i]["language"]
        rows = vocabulary.rows([SOT, LANGUAGES[language], TRANSCRIBE, NOTIMESTAMPS])
        while len(rows) < 60:
            logits = model.decode(torch.tensor([rows], device=device), source, None)[0, -1]
            logits[vocabulary.row[EOT] + 1:] = -1e9
            rows.append(int(logits.argmax()))
            if rows[-1] == vocabulary.row[EOT]:
                break
        text = tokenizer.decode([vocabulary.ids[r - 1] for r in rows[4:] if 0 < r < vocabulary.row[EOT]])
        e, n = word_errors(meta[i]["text"], text)
        errors[meta[i]["language"]] += e
        words[meta[i]["language"]] += n
    model.train()
    return {l: round(100 * errors[l] / max(1, words[l]), 1) for l in errors}, round(100 * right / count, 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("out")
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    torch.manual_seed(1), np.random.seed(1), random.seed(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    vocabulary = nano.Vocabulary.from_grammar()
    model = nano.Nano(vocabulary).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=arguments.rate, betas=(0.9, 0.98), weight_decay=0.01)
    path, step, used = f"{arguments.out}/checkpoint.pt", 0, 0.0
    if os.path.exists(path):
        state = torch.load(path, weights_only=False)
        model.load_state_dict(state["model"]), optimizer.load_state_dict(state["optimizer"])
        step, used = state["step"], state["used"]
    print(sum(p.numel() for p in model.parameters()) / 1e6, "M parameters,", vocabulary.size, "rows, from step", step, flush=True)
    examples = Examples(f"{arguments.data}/train", vocabulary, seed=100 + step)
    start, mean, report = time.time() - used, None, time.time()
    threads = torch.get_num_threads()
    for group in examples.batches(arguments.batch):
        elapsed = time.time() - start
        share = elapsed / 60 / arguments.minutes
        if share >= 1:
            break
        for parameters in optimizer.param_groups:
            parameters["lr"] = arguments.rate * min(1, step / 300) * (1 - share) ** 0.8
        examples.strength = min(1, 4 * share)  # clean speech first
        torch.set_num_threads(1)  # the many small steps of the features only lose time by waiting for each other
        mel, mask, lengths, rows, target = (t.to(device) for t in collate(group, vocabulary, examples.strength))
        torch.set_num_threads(threads)
        with torch.autocast(device, torch.bfloat16):
            source = model.encode(mel, mask)
            logits = model.decode(rows[:, :-1], source, mask)
            ctc = model.ctc(source)
        loss = F.cross_entropy(logits.float().flatten(0, 1), target.flatten(), label_smoothing=0.05)
        texts = [torch.tensor(e[3], dtype=torch.long) for e in group]
        auxiliary = F.ctc_loss(
            ctc.float().log_softmax(-1).transpose(0, 1).cpu(), torch.cat(texts),
            lengths.cpu(), torch.tensor([len(t) for t in texts]), zero_infinity=True)
        optimizer.zero_grad(set_to_none=True)
        (loss + 0.5 * auxiliary).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if step % 50 == 0:
            print(f"step {step} loss {mean:.3f} ctc {auxiliary.item():.2f} {elapsed / 60:.1f} min", flush=True)
        if time.time() - report > 900:
            report = time.time()
            torch.save(dict(model=model.state_dict(), optimizer=optimizer.state_dict(), step=step, used=elapsed), path + ".new")
            os.replace(path + ".new", path)
            print("  word error rate", {k: evaluate(model, f"{arguments.data}/{k}", vocabulary, 25) for k in ("seen", "unseen")}, flush=True)
    torch.save(dict(model=model.state_dict(), optimizer=optimizer.state_dict(), step=step, used=time.time() - start), path)


if __name__ == "__main__":
    main()
