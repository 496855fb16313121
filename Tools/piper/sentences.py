"""The texts of the phoneme parity fixture: household French and English, and every kind of punctuation.

Frames times fillers, so that the list is long, and the same at every run.
"""

import ast
import itertools
import random

FRENCH = r"""
Bonjour, comment allez-vous ?
Les amis sont arrivés à huit heures.
Le week-end, je regarde un film sur YouTube.
Vraiment ?! Non... Si, vraiment !
Le chat dort sur le canapé. Évidemment, il rêve !
Attention : la route est glissante ; roulez doucement.
Qu'est-ce que c'est ? Je ne sais pas.
J’aime l’été, l’automne et l’hiver…
Il a dit : « Bonjour ! » puis il est parti.
En 1998, la France a gagné la Coupe du monde.
La SNCF annonce un retard de 45 minutes.
La température est de 21,5 °C aujourd'hui.
Cœur, sœur, œuf, garçon, Noël, maïs.
Je suis [[ bɔ̃ʒˈuʁ ]] ici.
[[ bɔ̃ʒˈuʁ ]]
[[a]][[b]] puis [[ c ]]. Et [[d]] enfin ! Fin.
Rien. [[ ʒ ]] Après.
[[ pas fermé
Fin.\n\nSuite
Une ligne\nune autre ligne.
Fin.\r\n\r\nSuite.\r\nEncore.
Trois lignes !\n\n\nEt la suite ?\n
M. Dupont est arrivé avec le Dr. Martin.
J. Martin, etc. et puis voilà.
Oui!Non, peut-être.
Le train – celui de 8 h 12 – est en retard.
Le bus — lui — arrive.
Prix\u00a0: 12\u202f345\u00a0€ !
« Où est-il ? » demanda-t-elle.
À Paris, Émile mange. Élise aussi. Ça va.
Allume la lumière du salon
Éteins tout
!
...
?! ...
123
Il est 14 h 30.
Rendez-vous le 12/05/2024 à 9h15.
Le XXIe siècle, le 2e étage, le 1er mai.
Il fait -5 degrés dehors.
Écris à jean.dupont@example.org ou va sur www.example.org.
Tu as 3 messages (dont 2 urgents).
(Entre parenthèses.) Puis dehors.
"Guillemets droits." Et suite.
L'été 2023 a été très chaud ; 2024 aussi.
12 345 678 habitants.
Ouvre les volets, ferme la porte, puis éteins la lampe.
¿ Qué tal ? ¡ Hola !
你好。再见！
Il pleut 🌧️ aujourd'hui 😀.
A\u0301 e\u0301te\u0301, décomposé.
Tab\tici, puis\vlà.
Ah, ah ; oh : eh !
Le prix est de 1 234,56 €, soit 10 % de moins.
Réveille-moi à 6 h 45 demain matin, s'il te plaît.
Quel temps fait-il à Aix-en-Provence ?
Mets de la musique… non, plutôt les infos.
Ajoute du lait, des œufs & du pain à la liste.
Le mot "arthrite" et le verbe rythmer, la lithographie authentique.
Paris une fois, Paris deux fois.
Nous criions, vous oubliiez.
"""

ENGLISH = r"""
Hello, world!
What time is it? It's half past nine.
Wait... what?! No way!
This is a test. It has two sentences.
I'm sorry, Dave; I'm afraid I can't do that.
Dr. Smith lives at 10 Downing St. in London.
The video shows an area near the radio studio.
Storage, forty, north and more stories before four.
Set a timer for 15 minutes, please.
Turn off the lights in the living room
The temperature is 72.5 degrees (22 C).
On 12/05/2024, at 3:30 p.m., call me.
"Quoted," she said. 'Single,' he said.
Email me: john@example.org.
The U.S.A. and the U.K. agreed - finally.
He said \u201cyes\u201d \u2014 then left.
One.\n\nTwo!\n\nThree?
It costs $12.50, or £10.
50% of 1,000,000 is half a million.
No. 5 is alive.
I think [[ həlˈoʊ ]] is nice.
Is it? It is. Isn't it!
wow!!! really??? yes...
The piano, the studio and the idea.
He was reading, being, seeing, and agreeing.
"""

FRENCH_FRAMES = ["{} {}, s'il te plaît.", "Peux-tu {} {} ?", "N'oublie pas de {} {} !", "Je voudrais {} {} ; merci"]
FRENCH_VERBS = ["allumer", "éteindre", "vérifier", "ouvrir", "arrêter", "préparer"]
FRENCH_THINGS = ["la lumière de la cuisine", "le chauffage du bureau", "les volets", "l'enceinte du garage",
                 "l'alarme de sept heures et quart", "la machine à café"]
ENGLISH_FRAMES = ["Please {} {}.", "Could you {} {}?", "Don't {} {}!", "I want you to {} {}, now"]
ENGLISH_VERBS = ["open", "check", "play", "stop", "warm up", "remember"]
ENGLISH_THINGS = ["the front gate", "my favourite playlist", "the kettle at 80 degrees", "every lamp upstairs",
                  "the news from Ohio", "this, that and the other"]


def own(block: str) -> list[str]:
    """One text a line, with Python's escapes for what a line can't hold."""
    return [ast.literal_eval('"' + line.replace('"', '\\"') + '"') for line in block.strip("\n").split("\n")]


def texts() -> list[tuple[str, str]]:
    """(espeak-ng voice, text), at least 260 of them."""
    rng = random.Random(5)
    french, english = [], []
    for frames, verbs, things, out in [(FRENCH_FRAMES, FRENCH_VERBS, FRENCH_THINGS, french),
                                       (ENGLISH_FRAMES, ENGLISH_VERBS, ENGLISH_THINGS, english)]:
        pairs = list(itertools.product(verbs, things))
        rng.shuffle(pairs)
        for index, (verb, thing) in enumerate(pairs):
            out.append(frames[index % len(frames)].format(verb, thing))
    # Pieces strung together with every kind of mark between them.
    marks = [". ", "! ", "? ", ", ", " ; ", " : ", "… ", "... ", " – ", "\n", "\n\n", "\u00a0! ", " » ", ") "]
    for words, out in [(FRENCH_THINGS + ["Écoute", "ça va", "À bientôt", "« Oui"], french),
                       (ENGLISH_THINGS + ["Listen", "OK", "see you", "(yes"], english)]:
        for _ in range(70):
            parts = [rng.choice(words) + rng.choice(marks) for _ in range(rng.randint(2, 5))]
            text = "".join(parts)
            out.append(text[0].upper() + text[1:])
    return [("fr", t) for t in own(FRENCH) + french] + [("en-us", t) for t in own(ENGLISH) + english]
