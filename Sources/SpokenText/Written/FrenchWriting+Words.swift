/// The words that French numbers stand among.
extension FrenchWriting {
    static let minus = WordKey("moins")
    static let plus = WordKey("plus")
    static let noon = WordKey("midi")
    static let midnight = WordKey("minuit")
    static let or = WordKey("ou")
    static let over = WordKey("sur")
    static let and = FrenchNumeralReader.and
    static let to = WordKey("à")
    static let of = WordKey("de")
    static let between = WordKey("entre")
    static let by = WordKey("par")
    static let point = WordKey("point")
    static let the = WordKey("le")
    static let postal = WordKey("postal")
    static let identifiers = WordKeySet(words: "numéro code référence identifiant matricule")
    static let equal = WordKey("est")
    /// Towns that end as plurals do.
    static let pluralTowns = WordKeySet(
        words: """
            Paris Nantes Rennes Tours Angers Limoges Nîmes Reims Amiens Calais Vannes Cannes Poitiers Béziers Bordeaux Orléans \
            Troyes Versailles Chartres Bourges Nevers Antibes Arles Tarbes Castres Saintes Sens Meaux Évreux Bayeux \
            Lisieux Dreux Périgueux Bagneux
            """)
    static let scales = WordKeySet(words: "million millions milliard milliards")
    static let quarter = WordKey("quart")
    static let middles: WordKeySet = [noon, midnight]
    static let rangeJoints: WordKeySet = [to, and, or]
    static let signs: WordKeySet = [minus, plus]
    /// Before the first number of a range.
    static let rangeWords = from.union(WordKeySet(words: "dans pendant environ"))
    static let from = WordKeySet(words: "de d entre")
    static let hourNames = WordKeySet(words: "heure heures h")
    static let minuteNames = WordKeySet(words: "minute minutes min mn")
    static let euroNames = WordKeySet(words: "euro euros dollar dollars")
    /// Units that a smaller one may follow without its name: "deux mètres vingt".
    static let dividedUnits = hourNames.union(minuteNames).union(euroNames).union(WordKeySet(words: "mètre mètres m"))

    /// Units of what is told as a range without "de".
    static let rangeUnits: Set<String> = [
        "°C", "°F", "°", "%", "min", "s", "km", "m", "cm", "kg", "g", "L", "cl", "ml",
    ]

    /// Before an amount without its currency.
    static let prices = WordKeySet(
        words: """
            coûte coûtait coûtera coûté vaut valait vaudra gagne gagnait gagnera gagné touche touchait paye paie payé payais dois doit \
            devait doivent demande demandait loyer salaire prix
            """)

    /// Before "moins dix", a temperature.
    static let announcers = WordKeySet(words: "fait faisait fera ferait annonce annonçait")

    /// Before "moins", no sign: "au moins dix", "plus ou moins dix".
    static let comparisons = WordKeySet(words: "au du le la les ou en plus peu pas beaucoup bien encore un une")

    /// Words that end in s or x, or stand behind hours and amounts, and are not counted nouns.
    static let plainWords = WordKeySet(
        words: """
            dans des les aux mais puis après avant pas plus moins sans sous très vers dès lors nous vous ils elles suis es sais \
            tous toutes chaque précises environ pile demain lundi mardi mercredi jeudi vendredi samedi dimanche et à de du la le un \
            une au en pour par avec sur ou si ce cet cette ces ses mes tes nos vos leurs jusque jusqu est sont sera cela quelques \
            alors donc car depuis pendant hors près ailleurs maintenant toujours jamais parfois aujourd dis mets allumes fais voilà \
            merci s'il mieux deux vas lances arrêtes peux veux pouvez faut dois mercredis lundis mardis jeudis vendredis samedis \
            dimanches temps soir soirs matin matins
            """)
}
