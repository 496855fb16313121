"""Texts for attacks: wild ones by seed, and those that are known to end libespeak-ng 1.51."""

import random

KILLERS = ["---नमस्ते", "s'" * 80, "s\u2019" * 80, "x.y." * 50]

SCRIPTS = [
    "abcdefghijklmnopqrstuvwxyzéèàçœ", "ABCDEFGHIJKLMNOPQRSTUVWXYZÉÇ", "0123456789", "абвгдежзийклмнопрст", "αβγδεζηθικλμνξ",
    "नमस्तेदुनिया", "مرحبابالعالم", "שלוםעולם", "สวัสดีชาวโลก", "你好世界再见", "こんにちはカタカナ", "안녕하세요", "தமிழ்", "తెలుగు", "ქართული", "հայերեն", "አማርኛ", "မြန်မာ",
]
MARKS = "\u0300\u0301\u0302\u0303\u0308\u0327\u0323\u0335\u094d\u093f\u0e34\u064b\u05b0\u200d\u200c\ufe0f\u3099"
SIGNS = " .,;:!?…'’\"«»()[]{}<>/\\|@#$%^&*-–—_=+~`°²³½€£§µ×÷\n\t\u00a0\u202f\u2028"
EMOJI = "😀😁🎉👍🏽❤️🇫🇷👨‍👩‍👧🌧️☕"
WORDS = ["bonjour", "c'est", "l'été", "Mme", "etc.", "[[", "]]", "http://a.b/c?d=e", "21,5", "12/05/2024", "n°", "XXIe", "R2-D2", "a.b.c."]


def wild(seed, count, longest=2000):
    """COUNT texts of at most LONGEST characters; the same for the same SEED."""
    source = random.Random(seed)
    for _ in range(count):
        yield one(source)[:longest]


def one(source):
    parts = []
    for _ in range(source.randint(1, 8)):
        kind = source.random()
        if kind < 0.35:
            part = "".join(source.choices(source.choice(SCRIPTS), k=source.randint(1, 12)))
        elif kind < 0.5:
            part = "".join(source.choices(SIGNS, k=source.randint(1, 5)))
        elif kind < 0.6:
            part = "".join(source.choices(SCRIPTS[source.randrange(len(SCRIPTS))] + MARKS * 2, k=source.randint(1, 15)))
        elif kind < 0.7:
            part = "".join(source.choices(EMOJI, k=source.randint(1, 6)))
        elif kind < 0.8:
            part = source.choice(WORDS)
        elif kind < 0.9:
            part = "".join(chr(point) for point in (source.randint(0x20, 0x2FFF) for _ in range(source.randint(1, 10)))
                           if not 0xD800 <= point < 0xE000)
        else:
            part = "".join(source.choices(source.choice(SCRIPTS) + SIGNS, k=3)) * source.randint(2, 60)
        parts.append(part)
    return source.choice(["", " ", " ", "-", "'"]).join(parts)
