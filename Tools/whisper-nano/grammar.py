"""Sentences of a home in French and English, from a small grammar.

`sentence(rng, language)` draws one; `is_held_out(text)` says, by a hash of the text, whether it belongs to the test set:
a held-out sentence is never trained on, with no voice. Fixed phrases are not held out: their words occur nowhere else.
"""
import hashlib
import random

FR_ROOMS = ["du salon", "de la cuisine", "de la chambre", "du bureau", "de la salle de bain", "du garage", "du couloir",
            "de l'entrée", "de la terrasse", "du jardin", "de la cave", "du grenier", "de la chambre des enfants", "de la salle à manger"]
FR_IN = ["dans le salon", "dans la cuisine", "dans la chambre", "dans le bureau", "dans la salle de bain", "dans le garage",
         "dans le couloir", "dans l'entrée", "sur la terrasse", "dans le jardin", "à la cave", "au grenier"]
FR_ON_OFF = ["la lumière", "la lampe", "le chauffage", "la télévision", "la radio", "le ventilateur", "la climatisation",
             "la cafetière", "l'alarme", "la musique", "le four", "la prise", "l'arrosage"]
FR_OPEN = ["les volets", "le portail", "la porte", "la fenêtre", "les rideaux", "le store", "la porte du garage"]
FR_DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
FR_POLITE = ["", "", "", "s'il te plaît", "s'il vous plaît", "merci"]
FR_CALL = ["", "", "", "", "Jarvis, ", "Dis Jarvis, "]
FR_UNITS = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
            "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"]
FR_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante"}
FR_THINGS = ["du pain", "du lait", "des œufs", "du café", "des pommes", "de l'eau", "du fromage", "du beurre", "des tomates", "du riz", "du chocolat", "des piles"]
FR_TASKS = ["appeler maman", "sortir les poubelles", "arroser les plantes", "prendre le pain", "fermer la porte", "nourrir le chat",
            "aller chez le médecin", "payer la facture", "réserver le restaurant", "faire les courses"]
FR_SMALL = ["Bonjour, ceci est un test.", "Bonjour, comment allez-vous ?", "Bonsoir.", "Bonne nuit.", "Merci beaucoup.", "Au revoir.",
            "Comment ça va ?", "Quel temps fait-il ?", "Quelle heure est-il ?", "Raconte-moi une histoire.", "Raconte une blague.", "Arrête.",
            "Annule.", "Oui.", "Non.", "D'accord.", "C'est parfait.", "Je suis rentré.", "Je pars au travail.", "Je vais me coucher.",
            "Où est mon téléphone ?", "Quel jour sommes-nous ?", "Joue de la musique.", "Chanson suivante.", "Plus fort.", "Moins fort.",
            "Mets en pause.", "Répète s'il te plaît.", "Ceci est un test.", "Je ne comprends pas.", "Peux-tu m'aider ?", "Il fait froid.", "Il fait trop chaud."]

EN_ROOMS = ["living room", "kitchen", "bedroom", "office", "bathroom", "garage", "hallway", "garden", "basement", "attic", "dining room", "kids room"]
EN_ON_OFF = ["light", "lights", "lamp", "heating", "television", "radio", "fan", "air conditioning", "coffee machine", "alarm", "music", "oven"]
EN_OPEN = ["shutters", "gate", "door", "window", "curtains", "blinds", "garage door"]
EN_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
EN_POLITE = ["", "", "", "please", "thank you"]
EN_CALL = ["", "", "", "", "Jarvis, ", "Hey Jarvis, "]
EN_UNITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
            "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
EN_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty"}
EN_THINGS = ["bread", "milk", "eggs", "coffee", "apples", "water", "cheese", "butter", "tomatoes", "rice", "chocolate", "batteries"]
EN_TASKS = ["call mom", "take out the trash", "water the plants", "buy bread", "close the door", "feed the cat",
            "see the doctor", "pay the bill", "book the restaurant", "do the shopping"]
EN_SMALL = ["Hello, this is a test.", "Hello, how are you?", "Good evening.", "Good night.", "Thank you very much.", "Goodbye.",
            "How is it going?", "What is the weather like?", "What time is it?", "Tell me a story.", "Tell me a joke.", "Stop.", "Cancel.", "Yes.",
            "No.", "Okay.", "That is perfect.", "I am home.", "I am going to work.", "I am going to bed.", "Where is my phone?",
            "What day is it today?", "Play some music.", "Next song.", "Louder.", "Quieter.", "Pause.", "Say it again please.", "This is a test.",
            "I do not understand.", "Can you help me?", "It is cold.", "It is too hot."]


FIXED = {*FR_SMALL, *EN_SMALL}


def french_number(n):
    if n < 20:
        return FR_UNITS[n]
    tens, unit = n // 10 * 10, n % 10
    if unit == 0:
        return FR_TENS[tens]
    return FR_TENS[tens] + (" et un" if unit == 1 else "-" + FR_UNITS[unit])


def english_number(n):
    if n < 20:
        return EN_UNITS[n]
    tens, unit = n // 10 * 10, n % 10
    return EN_TENS[tens] + ("" if unit == 0 else "-" + EN_UNITS[unit])


def finish(text, polite, mark="."):
    text = text.strip()
    if polite:
        text = f"{text}, {polite}" if polite in ("merci", "thank you") else f"{text} {polite}"
    return text[0].upper() + text[1:] + mark


def french(rng):
    c = rng.choice
    n = rng.randint
    kind = n(0, 17)
    call, polite = c(FR_CALL), c(FR_POLITE)
    number = french_number
    if kind <= 3:
        verb = c(["allume", "éteins", "coupe", "rallume", "active", "désactive"])
        where = c([c(FR_ROOMS), c(FR_IN), ""])
        return finish(f"{call}{verb} {c(FR_ON_OFF)} {where}", polite)
    if kind <= 5:
        return finish(f"{call}{c(['ouvre', 'ferme', 'monte', 'baisse'])} {c(FR_OPEN)} {c([c(FR_ROOMS), ''])}", polite)
    if kind == 6:
        return finish(f"{call}{c(['mets', 'règle'])} {c(['le chauffage', 'la température'])} {c(FR_ROOMS)} à {number(n(14, 26))} degrés", polite)
    if kind == 7:
        return finish(f"{c(['réveille-moi', 'mets une alarme', 'mets le réveil'])} {c(['', 'demain ', c(FR_DAYS) + ' '])}à {number(n(5, 23))} heures{c(['', ' trente', ' quinze', ' ' + number(n(2, 59))])}", polite)
    if kind == 8:
        return finish(f"{call}{c(['mets un minuteur de', 'compte', 'lance un minuteur de'])} {number(n(2, 59))} {c(['minutes', 'secondes'])}", polite)
    if kind == 9:
        return finish(f"rappelle-moi {c(FR_DAYS)} {c(['matin', 'soir', 'à midi', ''])} de {c(FR_TASKS)}".replace("  ", " "), polite)
    if kind == 10:
        return finish(f"ajoute {c(FR_THINGS)} {c(['à la liste de courses', 'à ma liste', 'et ' + c(FR_THINGS) + ' à la liste'])}", polite)
    if kind == 11:
        return finish(f"quelle est la température {c([c(FR_ROOMS), c(FR_IN), 'dehors'])}", "", " ?")
    if kind == 12:
        return finish(f"quel temps fera-t-il {c(['demain', 'ce soir', 'ce week-end', c(FR_DAYS), c(FR_DAYS) + ' prochain'])}", "", " ?")
    if kind == 13:
        return finish(f"{c(['est-ce que', 'est-ce que'])} {c(['la porte', 'la fenêtre', 'le portail'])} {c(FR_ROOMS)} est {c(['ouvert', 'fermé'])}", "", " ?")
    if kind == 14:
        return finish(f"{call}{c(['baisse', 'monte', 'augmente'])} {c(['le son', 'le volume', 'la luminosité'])} {c(['', 'de ' + number(n(5, 50)) + ' pour cent', 'à ' + number(n(5, 59)) + ' pour cent', c(FR_ROOMS)])}", polite)
    if kind == 15:
        return finish(f"il fait {number(n(2, 35))} degrés {c(FR_IN)}", "")
    if kind == 16:
        return finish(f"il est {number(n(2, 23))} heures {c(['', number(n(2, 59)), 'et quart', 'et demie'])}", "")
    return c(FR_SMALL)


def english(rng):
    c = rng.choice
    n = rng.randint
    kind = n(0, 17)
    call, polite = c(EN_CALL), c(EN_POLITE)
    number = english_number
    room = c(EN_ROOMS)
    if kind <= 3:
        verb = c(["turn on", "turn off", "switch on", "switch off"])
        return finish(f"{call}{verb} the {c(['', room + ' '])}{c(EN_ON_OFF)} {c(['', 'in the ' + c(EN_ROOMS)])}", polite)
    if kind <= 5:
        return finish(f"{call}{c(['open', 'close', 'raise', 'lower'])} the {c(EN_OPEN)} {c(['', 'in the ' + room])}", polite)
    if kind == 6:
        return finish(f"{call}set the {c(['heating', 'temperature'])} in the {room} to {number(n(14, 26))} degrees", polite)
    if kind == 7:
        return finish(f"{c(['wake me up', 'set an alarm'])} {c(['', 'tomorrow ', 'on ' + c(EN_DAYS) + ' '])}at {number(n(1, 12))} {c(['', 'thirty', 'fifteen', 'o clock', number(n(20, 59))])}", polite)
    if kind == 8:
        return finish(f"{call}{c(['set a timer for', 'start a timer for', 'count'])} {number(n(2, 59))} {c(['minutes', 'seconds'])}", polite)
    if kind == 9:
        return finish(f"remind me {c(['on ' + c(EN_DAYS), 'tomorrow', 'tonight'])} to {c(EN_TASKS)}", polite)
    if kind == 10:
        return finish(f"add {c(EN_THINGS)} {c(['to the shopping list', 'to my list', 'and ' + c(EN_THINGS) + ' to the list'])}", polite)
    if kind == 11:
        return finish(f"what is the temperature {c(['in the ' + room, 'outside'])}", "", "?")
    if kind == 12:
        return finish(f"what will the weather be {c(['tomorrow', 'tonight', 'this weekend', 'on ' + c(EN_DAYS), 'next ' + c(EN_DAYS)])}", "", "?")
    if kind == 13:
        return finish(f"is the {c(['door', 'window', 'gate'])} in the {room} {c(['open', 'closed', 'locked'])}", "", "?")
    if kind == 14:
        return finish(f"{call}turn {c(['up', 'down'])} the {c(['sound', 'volume', 'brightness'])} {c(['', 'by ' + number(n(5, 50)) + ' percent', 'to ' + number(n(5, 59)) + ' percent'])}", polite)
    if kind == 15:
        return finish(f"it is {number(n(2, 35))} degrees in the {room}", "")
    if kind == 16:
        return finish(f"it is {number(n(1, 12))} {c(['o clock', 'thirty', number(n(20, 59))])}", "")
    return c(EN_SMALL)


def sentence(rng, language):
    text = french(rng) if language == "fr" else english(rng)
    text = " ".join(text.split()).replace(" ,", ",")
    return text.replace(" de a", " d'a").replace(" de o", " d'o") if language == "fr" else text


def is_held_out(text):
    return text not in FIXED and hashlib.sha256(text.encode()).digest()[0] < 16  # one in sixteen


if __name__ == "__main__":
    rng = random.Random(1)
    for language in ("fr", "en"):
        drawn = {sentence(rng, language) for _ in range(20000)}
        print(language, len(drawn), "distinct of 20000,", sum(map(is_held_out, drawn)), "held out")
        for text in list(drawn)[:12]:
            print("   ", text)
