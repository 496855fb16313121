"""Writes Sources/SpeechToText/Whisper/Vocabulary/WhisperLanguages+Names.swift: what Whisper's languages are called.

Names in English, in French and in the language itself are those of the Unicode CLDR (through babel), codes of three letters those of
ISO 639-3 and 639-2 (through pycountry): pip install babel pycountry
"""

import pathlib
import re

import babel
import pycountry

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Sources/SpeechToText/Whisper/Vocabulary"
# Where Whisper's code is not that of the standards.
STANDARD = {"jw": "jv", "no": "nb"}
# What people also write.
MORE = {
    "nl": ["flamand", "vlaams"], "ca": ["valencien"], "ro": ["moldave"], "es": ["castillan", "castellano"],
    "zh": ["cmn", "mandarin", "putonghua", "chinois mandarin"], "fa": ["farsi"], "ht": ["haïtien", "créole", "kreyol"],
    "no": ["nb", "nor", "no", "norsk", "norvégien", "bokmål", "norwegian bokmål"], "tl": ["fil", "filipino", "pilipino"],
    "jw": ["jv"], "he": ["iw"], "id": ["in", "bahasa indonesia"], "yi": ["ji"], "pa": ["punjabi", "panjabi"],
    "km": ["cambodian", "cambodgien"], "si": ["singhalais"], "mi": ["te reo"], "pt": ["brésilien", "brazilian"],
    "ms": ["bahasa melayu"], "el": ["grec moderne"], "yue": ["zh-yue"],
}


def codes():
    text = (FOLDER / "WhisperLanguages.swift").read_text()
    table = re.search(r"en english.*?cantonese", text, re.S).group(0).replace("\\\n", "")
    return [entry.split()[0] for entry in table.split(", ")]


def names(code):
    standard = STANDARD.get(code, code)
    found = [babel.Locale(other).languages.get(key) for other in ("en", "fr") for key in (code, standard)]
    try:
        found.append(babel.Locale.parse(standard).languages.get(standard))
    except babel.UnknownLocaleError:
        pass
    known = pycountry.languages.get(**{f"alpha_{len(standard)}": standard})
    found += [known.alpha_3, getattr(known, "bibliographic", None)] if known else []
    found += MORE.get(code, [])
    return sorted({name.lower() for name in found if name} - {code})


rows = [f"        {code}: {', '.join(names(code))}" for code in codes()]
(FOLDER / "WhisperLanguages+Names.swift").write_text('''// Written by Tools/whisper/language_names.py; change it there.

extension WhisperLanguages {
    /// A language a line: its code, then its names in English, in French and in itself, and its codes of three letters.
    static let names = """
''' + "\n".join(rows) + '''
        """
}
''')
