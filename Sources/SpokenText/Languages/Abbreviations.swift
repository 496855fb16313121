/// What is written short, by when it may be read in full.
struct Abbreviations: Sendable {
    /// Before a name: "M. Dupont", "Mme Martin". With a full stop, or without where the flag says so.
    var titles: WordTable<(full: String, needsStop: Bool)>
    /// Before figures: "n° 5", "p. 12".
    var beforeNumber: WordTable<String>
    /// With their full stop, wherever they stand.
    var withStop: WordTable<String>
    /// In front of a name of a place: "av. Foch", "bd Voltaire".
    var ofPlaces: WordTable<String>
    /// Without a full stop, wherever they stand.
    var plain: WordTable<String>
    /// Acronyms that are read letter by letter although they look like words.
    var spelt: WordSet
    /// Acronyms that voices say wrongly, as a person says them.
    var said: WordTable<String> = [:]
    /// No sentence ends with them.
    var neverLast: WordSet
    /// No sentence ends with them in front of figures.
    var leadingToFigures: WordSet = []

    /// Days and months, which may be other words: "mer.", "sept.". Days have figures behind them, months before them.
    var days: WordTable<String>
    var months: WordTable<String>

    /// Whether a full stop behind the word belongs to it, rather than to the sentence.
    func mayHaveStop(_ word: Spelling, beforeFigure: Bool) -> Bool {
        if beforeFigure {
            // "à sept. 5 personnes": a number ends a sentence, and the month does not show here.
            let small = word.small
            let isMonth = months[small] != nil && Self.september[small] == nil
            return isMonth || Self.franc[small] != nil || beforeNumber[small] != nil || days[small] != nil
                || withStop[word] != nil || ofPlaces[word] != nil || leadingToFigures[small] != nil
        }
        return titles[word] != nil || ofPlaces[word] != nil || neverLast[word] != nil
    }

    private static let september: WordSet = ["sept"]
    private static let franc: WordSet = ["fr"]

    static let french = Abbreviations(
        titles: [
            "M": ("monsieur", true), "MM": ("messieurs", true), "Mr": ("monsieur", false), "Mme": ("madame", false),
            "Mmes": ("mesdames", false), "Mlle": ("mademoiselle", false), "Mlles": ("mesdemoiselles", false),
            "Dr": ("docteur", false), "Drs": ("docteurs", false), "Dre": ("docteure", false),
            "Pr": ("professeur", false),
            "Prof": ("professeur", false), "Mgr": ("monseigneur", false), "Me": ("maître", false),
            "St": ("saint", false),
            "Ste": ("sainte", false), "Sts": ("saints", false), "Stes": ("saintes", false), "Mᵐᵉ": ("madame", false),
            "Mˡˡᵉ": ("mademoiselle", false), "Dʳ": ("docteur", false), "Gal": ("général", true),
            "Cdt": ("commandant", false),
            "Cne": ("capitaine", false), "Lt": ("lieutenant", false), "Sgt": ("sergent", false),
        ],
        beforeNumber: [
            "p": "page", "pp": "pages", "art": "article", "chap": "chapitre", "fig": "figure", "vol": "volume",
            "t": "tome", "no": "numéro", "nos": "numéros", "No": "numéro", "tél": "téléphone", "Tél": "téléphone",
            "éd": "édition", "max": "maximum", "min": "minimum", "env": "environ", "bât": "bâtiment",
            "apt": "appartement",
            "appt": "appartement", "ann": "annexe", "th": "thermostat", "al": "alinéa", "vers": "verset", "lot": "lot",
            "dép": "département", "coef": "coefficient", "coeff": "coefficient", "pl": "place", "voit": "voiture",
            "term": "terminal", "prob": "probabilité", "sc": "scène", "num": "numéro", "op": "opus", "liv": "livre",
            "ch": "chapitre", "ép": "épisode", "temp": "température", "Temp": "température",
        ],
        withStop: [
            "etc": "et cetera", "cf": "confer", "env": "environ", "max": "maximum", "tél": "téléphone",
            "Tél": "téléphone", "hab": "habitants", "pers": "personnes", "appt": "appartement",
            "bât": "bâtiment", "Bât": "bâtiment", "vs": "contre", "qqch": "quelque chose", "qqn": "quelqu'un",
            "adr": "adresse", "dép": "département",
            "Cie": "compagnie", "apr": "après", "ap": "après", "Prép": "préparation", "prép": "préparation",
            "sem": "semaine", "Mob": "mobile", "Réf": "référence", "réf": "référence", "coef": "coefficient",
            "coeff": "coefficient", "trim": "trimestre",
            "temp": "température", "Temp": "température", "gél": "gélule", "qq": "quelques",
            "auj": "aujourd'hui", "Auj": "aujourd'hui", "mvt": "mouvement",
        ],
        ofPlaces: [
            "av": "avenue", "Av": "avenue", "bd": "boulevard", "Bd": "boulevard", "bld": "boulevard",
            "Bld": "boulevard",
            "boul": "boulevard", "pl": "place", "Pl": "place", "rte": "route", "Rte": "route", "imp": "impasse",
            "sq": "square", "Sq": "square", "fg": "faubourg", "fbg": "faubourg", "chem": "chemin", "all": "allée",
            "r": "rue", "Rés": "résidence", "rés": "résidence",
        ],
        plain: [
            "rdv": "rendez-vous", "Rdv": "rendez-vous", "RDV": "rendez-vous", "svp": "s'il vous plaît",
            "SVP": "s'il vous plaît",
            "stp": "s'il te plaît",
            "bcp": "beaucoup", "tjrs": "toujours", "tjs": "toujours", "càd": "c'est-à-dire", "qqch": "quelque chose",
            "qqn": "quelqu'un", "qq": "quelques", "vs": "contre", "pcq": "parce que", "ds": "dans", "pdt": "pendant",
            "rte": "route", "rdc": "rez-de-chaussée", "appt": "appartement", "Bd": "boulevard",
            "bd": "boulevard",
            "Cie": "compagnie", "kms": "kilomètres", "qté": "quantité", "Qté": "quantité", "Pts": "points",
            "auj": "aujourd'hui", "Auj": "aujourd'hui", "mvt": "mouvement", "bte": "boîte", "Bte": "boîte",
            "pb": "problème", "RV": "rendez-vous",
            "Cdlt": "cordialement", "cdlt": "cordialement", "Bjr": "bonjour", "bjr": "bonjour", "Bsr": "bonsoir",
            "bsr": "bonsoir", "Tél": "téléphone", "tél": "téléphone", "WC": "vécés",
            "slt": "salut", "Slt": "salut", "tkt": "t'inquiète", "Tkt": "t'inquiète", "tlm": "tout le monde",
            "ajd": "aujourd'hui", "Ajd": "aujourd'hui",
            "ttes": "toutes", "tte": "toute", "tlj": "tous les jours", "WE": "week-end",
            "Tle": "terminale",
            "Ets": "établissements", "Vve": "veuve", "chée": "chaussée", "Chée": "chaussée",
            "janv": "janvier", "févr": "février", "fév": "février", "fev": "février", "avr": "avril", "juil": "juillet",
            "sept": "septembre", "oct": "octobre", "nov": "novembre", "déc": "décembre", "dec": "décembre",
            "Janv": "janvier", "Févr": "février", "Fév": "février", "Avr": "avril", "Juil": "juillet",
            "Sept": "septembre", "juill": "juillet", "Juill": "juillet",
            "Oct": "octobre", "Nov": "novembre", "Déc": "décembre", "Dec": "décembre",
        ],
        spelt: [
            "IA", "EDF", "USB", "IP", "URL", "API", "CPU", "GPU", "RER", "RATP", "TVA", "IRM", "ADN", "PDF", "HTML",
            "RSA",
            "UE", "USA", "OS", "ID", "AM", "PM", "QR", "TV", "CV", "BD", "ISO", "APL", "ADSL", "IUT", "HLM", "DVD",
            "CD", "TER", "PEL", "PIB", "ORL", "UV", "CDI", "JO", "AVC", "SUV", "ONG", "VAE", "DPE", "TAEG", "IMC",
            "CSE", "PME", "BCE", "TPE", "PMI", "SCI", "GES", "FBI", "LFI", "OMS", "IVG", "EPS", "EEG", "ECG", "AOC",
            "IGP",
            "AOP", "ONF", "ARS", "RAS", "ZFE", "PMU", "VE", "QI", "IR", "UI", "SSE", "ETI", "AFP", "PMA", "FCPE",
            "MGEN",
            "ISF", "ETF", "ADMR", "ECS", "SARL", "EURL", "CPE", "CPI", "CMU", "TGI", "OAP",
        ],
        said: [
            "INSEE": "Insé", "IKEA": "Ikéa", "OLED": "Olède", "ADEME": "Adème", "CNES": "Cnesse", "SNES": "Snesse",
        ],
        neverLast: ["cf", "env", "apr", "ap", "bât", "Bât", "vs", "chap", "Chap"],
        leadingToFigures: ["arr", "esc", "ex", "exp", "moy", "v"],
        days: [
            "lun": "lundi", "mar": "mardi", "mer": "mercredi", "jeu": "jeudi", "ven": "vendredi", "sam": "samedi",
            "dim": "dimanche",
        ],
        months: [
            "janv": "janvier", "févr": "février", "fév": "février", "avr": "avril", "juil": "juillet",
            "juill": "juillet", "sept": "septembre", "oct": "octobre",
            "nov": "novembre", "déc": "décembre", "dec": "décembre", "fev": "février", "fevr": "février",
            "jan": "janvier",
        ])

    static let english = Abbreviations(
        titles: [
            "Mr": ("mister", false), "Mrs": ("missus", false), "Ms": ("miz", false), "Dr": ("doctor", false),
            "Prof": ("professor", true), "St": ("saint", true), "Mt": ("mount", true), "Jr": ("junior", true),
            "Gen": ("general", true),
            "Capt": ("captain", true), "Lt": ("lieutenant", true), "Sgt": ("sergeant", true), "Rev": ("reverend", true),
        ],
        beforeNumber: [
            "No": "number", "no": "number", "p": "page", "pp": "pages", "fig": "figure", "Fig": "figure",
            "vol": "volume",
            "ch": "chapter", "max": "maximum", "min": "minimum", "ext": "extension", "apt": "apartment",
            "Apt": "apartment",
            "approx": "approximately",
        ],
        withStop: [
            "etc": "et cetera", "vs": "versus", "approx": "approximately", "dept": "department", "Ave": "Avenue",
            "Blvd": "Boulevard", "Rd": "Road", "Inc": "incorporated", "Ltd": "limited",
        ],
        ofPlaces: [:],
        plain: [
            "vs": "versus", "asap": "as soon as possible", "ASAP": "as soon as possible", "pls": "please",
            "btw": "by the way", "WWII": "World War Two", "WWI": "World War One",
        ],
        spelt: [
            "IA", "AI", "USB", "IP", "URL", "API", "CPU", "GPU", "USA", "UK", "EU", "PDF", "HTML", "TV", "ID", "OS",
            "DVD", "CD",
        ],
        neverLast: ["approx", "vs"],
        leadingToFigures: ["ft"],
        days: [
            "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
            "sat": "Saturday", "sun": "Sunday",
        ],
        months: [
            "jan": "January", "feb": "February", "apr": "April", "aug": "August", "sept": "September", "oct": "October",
            "nov": "November",
            "dec": "December", "mar": "March", "jun": "June", "jul": "July", "sep": "September",
        ])
}
