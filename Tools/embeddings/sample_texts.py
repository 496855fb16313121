"""Texts for the embedding fixtures: many languages and everything that a tokenizer can trip over. Seeded: the same on every run."""
import random
import unicodedata

SENTENCES = """\
Ceci est un texte à vectoriser|Allume la lumière du salon, s'il te plaît.|Quelle température fait-il à Zürich aujourd'hui ?
L'été à Zürich, 25°C !|Où as-tu mis les clés de l'œuvre d'Hélène ?|Garçon, un café noir et deux crèmes brûlées !
Règle le thermostat sur 19,5 °C à partir de 22 h 30.|« Ouvre les volets », dit-elle – puis elle sourit…
Qu'est-ce que c'est que ça, aujourd'hui ? Peut-être l'arrière-grand-père.|Ajoute du lait, des œufs et 250 g de farine à la liste.
Joue de la musique douce dans la chambre d'amis.|Rappelle-moi d'appeler maman à dix-huit heures.|Éteins tout, sauf l'entrée.
Hello world|The quick brown fox jumps over the lazy dog.|Turn off the kitchen lights and set a timer for 10 minutes.
What's the weather like in Paris tomorrow morning?|I don't think that's unaffordable; it's 2,5 € – 30% off!
Please remind me: buy milk, eggs & bread (2 x), then call Dr. Müller @ 5pm #urgent.|naïve café résumé coöperate façade
Der schnelle braune Fuchs springt über den faulen Hund.|Wie spät ist es in München? Straße, Größe, Übermut.|Schalte bitte das Licht im Flur aus.
¿Dónde está la biblioteca? ¡Mañana será otro día!|El niño comió piña y jalapeño en el jardín.|Spegni la luce e chiudi la porta, perché è tardi.
A luz do sol não está à vista; amanhã, talvez.|Zażółć gęślą jaźń.|Příliš žluťoučký kůň úpěl ďábelské ódy.|Árvíztűrő tükörfúrógép
İstanbul'da ışık ve gölge, ğüşiöç ẞ|Быстрая коричневая лиса прыгает через ленивую собаку.|Включи свет на кухне, пожалуйста: ёлка горит!
Η γρήγορη καφέ αλεπού πηδάει πάνω από το τεμπέλικο σκυλί. ΣΊΣΥΦΟΣ|Ξεσκεπάζω την ψυχοφθόρα βδελυγμία.
日本語のテキストを埋め込みます。|東京は今日も晴れです。ｶﾞｷﾞｸﾞ ﾊﾟﾋﾟﾌﾟ ＡＢＣ１２３|我想打开客厅的灯。|今天北京的天气怎么样？「很好」。|繁體中文測試、全形標點！
안녕하세요, 오늘 날씨가 어때요?|거실 불을 켜 주세요.|ภาษาไทยไม่มีช่องว่างระหว่างคำ|Tiếng Việt có nhiều dấu: ắ ằ ẳ ẵ ặ.
مرحبا بالعالم، كيف حالك اليوم؟|أشعل الضوء في غرفة الجلوس من فضلك.|اَلسَّلَامُ عَلَيْكُمْ|שלום עולם, מה שלומך היום?|בְּרֵאשִׁית בָּרָא אֱלֹהִים|السعر ١٢٣٫٤٥ ریال ﷼ ﷺ
हिन्दी में एक वाक्य और क्षत्रिय ज़िंदगी।|বাংলা ভাষায় একটি বাক্য কো কৌ|தமிழ் மொழி கொடு|ქართული ენა|Հայերեն լեզու|አማርኛ ቋንቋ|ខ្មែរ|မြန်မာဘာသာ|བོད་སྐད་|ᠮᠣᠩᠭᠣᠯ
😀 ok|👩‍👩‍👧‍👦 family 👍🏽 thumbs 🇫🇷🇩🇪 flags|❤️‍🔥 1️⃣ 2️⃣ #️⃣ ☺️ ☺|🏳️‍🌈 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🤷🏿‍♀️|it's 🔥🔥🔥!!! 100%💯
https://example.org/a/b?q=1&r=%C3%A9#top|user.name+tag@example.co.uk|C:\\Windows\\System32\\drivers|{"key": [1, 2.5e-10, null]}|x = y**2 + 3*z/4 - (a % b) << 2; // ok
_under_score^$|don't stop|a1b2c3 3.14159 1,234,567.89 0xDEADBEEF 1e10|$100 £50 ¥20 ₿3 €9|c£d j°k l€m|«guillemets» “quotes” ‘single’ „low“ ‚x‘ — – ‐ ‑ …
ﬁn ½ ² ③ Ⅷ ㈱ ㍿ ™ ℃ Å Ω ſ ﬀ ﬃ ﷽ ㎏|e\u0301 e\u0301\u0323 e\u0323\u0301 a\u0300\u0301\u0302\u0303|\u1100\u1161\u11a8 \u1112\u1161\u11ab|\u212b \u2126 \u0344 \u0958 \u09dc \ufb1d \u2adc""".replace("\n", "|").split("|")

SPECIAL = [
    "", " ", "  ", "\t", "\n", "\r\n", "\r", "\r\r\n\n", "\u00a0", "\u3000", "two  spaces", " leading", "trailing ", "  both  ", "a\tb\u00a0c\u200bd\u0000e",
    "[SEP] hello [MASK]", "[CLS][PAD][UNK]", "[cls] [Sep]", "<s> hello </s>", "<mask> a <mask>b  <mask>  c", "<pad><unk>é<unk>", "a [MASK]b", "##ing ##", "▁a▁ ▁", "▁",
    "x" * 100, "x" * 101, "é" * 100, "é" * 101, "ab" * 60, "\u0301", "\u0301\u0323", "a\u0301" * 60, "\ufeffBOM", "soft\u00adhyphen", "zero\u200bwidth\u200cjoin\u200ders\u2060!",
    "\u0001\u0002\u0003", "bell\u0007 esc\u001b[0m del\u007f nel\u0085x", "\u2028line\u2029para", "\ufffd\ufffe\uffff", "\U000e0001\U000f0000\ue000", "\u0378\u0380 unassigned",
    "\u302e\u302f\u0301x", "\U0001d15e\U0001d165\U0001d16d\U0001d166", "\u0f73\u0f71\u0f72", "\u0cc6\u0cc2\u0cd5", "\uff9e\uff9f ﾎﾟ", "\u1100\u1161\u11a8\u11a7", "a\u0338=\u0338", "\U00016121\U00016d68",
    "q\u0307\u0323\u0307 d\u0307\u0323", "\u05d0\u05b8\u05bc\u05c1", "\u0e33\u0eb3", "K\u212ak ǅ ǆ Ǆ ŉ ΐ ᾳ ᾼ", "\U00010400\U00010428 \U0001e921", "\U0001f1eb\U0001f1f7" * 7, "\u200d\u200d👩\u200d", "क\u094dष\u094dकि",
    "." * 50, "!?" * 30, "a.b.c.d", "(((())))", "0" * 120, "１２３", "٣٤٥", "Ⅻ½", "…" * 5, "\u180e\u1680\u2000\u200a\u202f\u205f",
]


def pool():
    """Characters by script, so that random strings hold all of them."""
    ranges = [
        (0x20, 0x7F), (0x20, 0x7F), (0xA0, 0x180), (0x180, 0x250), (0x250, 0x370), (0x300, 0x370), (0x370, 0x530), (0x531, 0x600), (0x600, 0x700),
        (0x900, 0xE00), (0xE00, 0x1100), (0x1100, 0x1200), (0x1E00, 0x2000), (0x2000, 0x2100), (0x2100, 0x2C00), (0x3000, 0x3130), (0x3130, 0x3400), (0x4E00, 0x9FFF),
        (0xAC00, 0xD7A4), (0xF900, 0xFB50), (0xFB50, 0xFE00), (0xFE00, 0x10000), (0x1D100, 0x1D800), (0x1F300, 0x1FA00), (0x20000, 0x20100), (0x2F800, 0x2FA1E),
    ]
    return [[chr(c) for c in range(a, b) if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) != "Cn"] for a, b in ranges]


def texts(count: int, seed: int = 20) -> list[str]:
    rng = random.Random(seed)
    scripts = pool()
    words = [w for s in SENTENCES for w in s.split()]
    out = list(SPECIAL) + list(SENTENCES)
    out += [unicodedata.normalize("NFD", s) for s in SENTENCES] + [unicodedata.normalize("NFKC", s) for s in SENTENCES]
    out += [s.upper() for s in SENTENCES]
    base = " ".join(SENTENCES)
    out += [(base * 4)[:10_000], "".join(rng.choice(rng.choice(scripts)) for _ in range(10_000)), "word " * 2000, "日本語" * 3334, "e\u0301\u0323" * 3334]
    while len(out) < count:
        kind = rng.randrange(6)
        if kind == 0:
            out.append(" ".join(rng.choice(words) for _ in range(rng.randrange(1, 16))))
        elif kind == 1:
            script = rng.choice(scripts)
            out.append("".join(rng.choice(script) for _ in range(rng.randrange(1, 24))))
        elif kind == 2:
            out.append("".join(rng.choice(rng.choice(scripts)) for _ in range(rng.randrange(1, 24))))
        elif kind == 3:
            out.append("".join(rng.choice(words) + rng.choice([" ", "  ", "", ",", "'", "-", "\t", "\n", "\u00a0", "\u200b", "[SEP]", "<mask>", "\u0301"]) for _ in range(rng.randrange(1, 8))))
        elif kind == 4:
            out.append("".join(chr(rng.choice([c for c in (rng.randrange(0x20), rng.randrange(0x7F, 0xA1), rng.randrange(0x300, 0x340), rng.randrange(0x61, 0x7B))])) for _ in range(rng.randrange(1, 20))))
        else:
            s = rng.choice(SENTENCES)
            a, b = sorted(rng.randrange(len(s) + 1) for _ in range(2))
            out.append(s[a:b] + rng.choice(SENTENCES)[:b] + rng.choice(SPECIAL[:60]))
    return out[:count]
