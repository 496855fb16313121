"""What espeak-ng speaks for a text, as IPA symbols: the targets of the encoder's auxiliary loss.

Phonemes follow the sound one by one, so an encoder learns them long before it learns pieces of words.
"""
import ctypes

LIBRARY = ctypes.CDLL("libespeak-ng.so.1")
LIBRARY.espeak_TextToPhonemes.restype = ctypes.c_char_p
LIBRARY.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
LIBRARY.espeak_Initialize(2, 0, None, 0)  # synchronous, no audio device
VOICES = {"fr": b"fr", "en": b"en-us"}
SILENT = set("ˈˌ \n_|'-()‿")


def ipa(text, language):
    LIBRARY.espeak_SetVoiceByName(VOICES[language])
    rest, spoken = ctypes.c_char_p(text.encode()), ""
    while rest.value:
        spoken += LIBRARY.espeak_TextToPhonemes(ctypes.byref(rest), 1, 2).decode()  # UTF-8 in, IPA out
    return [symbol for symbol in spoken if symbol not in SILENT]
