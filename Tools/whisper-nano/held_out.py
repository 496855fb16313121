"""Draws the held-out sentences and voices that the end-to-end tests speak to the server.

    python held_out.py > ../../Tests/EndToEndTests/Fixtures/held-out.json

Twelve sentences for each language, once for trained voices and once for voices that training never heard. espeak-ng only.
"""
import json
import random
import sys

import grammar
from make_data import EN_BASE, FR_BASE, SEEN, UNSEEN


def main():
    rng, clips = random.Random(2024), []
    for voices, variants in (("seen", SEEN), ("unseen", UNSEEN)):
        for language, bases in (("fr", FR_BASE), ("en", EN_BASE)):
            drawn = set()
            while len(drawn) < 12:
                text = grammar.sentence(rng, language)
                if grammar.is_held_out(text) and text not in drawn:
                    drawn.add(text)
                    clips.append(dict(
                        text=text, language=language, voices=voices, voice=rng.choice(bases) + rng.choice(variants),
                        speed=rng.randint(130, 195), pitch=rng.randint(30, 70)))
    sys.stdout.write("[\n" + ",\n".join(json.dumps(clip, ensure_ascii=False) for clip in clips) + "\n]\n")


if __name__ == "__main__":
    main()
