/// Roman numerals, where the words around them say that they are some.
enum Numerals {
    static let roman = Rule(at: "IVXLCDM", of: 1...12) { context, index in
        let text = context.text
        guard text.length(index) <= 12, mayBeNumeral(index, in: context) else { return nil }
        let letters = text.scalars(text.tokens[index])
        guard let numeral = numeral(at: letters) else { return nil }
        if numeral.count < letters.count { return context.isFrench ? ordinal(context, index, of: numeral) : nil }
        if context.isFrench, let value = numeral.value, text.isSpace(index + 1),
            text.isWord(index + 2, "e ème er"),
            text.isSpace(index + 3), text.isWord(index + 4, "siècle siècles arrondissement")
        {
            context.say(ordinal: value)
            return Reading(end: index + 3)
        }
        // "XIX° siècle"
        if context.isFrench, text.isMark(index + 1, "°º"), text.isSpace(index + 2),
            text.isWord(index + 3, inAnyCase: ranked), let value = numeral.value
        {
            let isFeminine = text.isWord(index + 3, inAnyCase: "république republique")
            context.say(ordinal: value, isFeminine ? .feminine : .masculine)
            return Reading(end: index + 2)
        }
        // "I. Introduction"
        if context.isFrench, index == 0, text.length(0) == 1, letters.first == "I", text.isMark(1, "."),
            text.isSpace(2),
            text.isCapitalised(3), text.length(3) > 3, text.count < 16, !text.isMark(text.count - 1, ".")
        {
            context.say(1)
            return Reading(end: 1)
        }
        // "II. Développement"
        if index == 0, (2...8).contains(text.length(0)), text.isMark(1, "."), text.isBorder(2),
            letters.allSatisfy(isCommon), let value = numeral.value
        {
            context.say(value)
            return Reading(end: 1)
        }
        if context.isFrench, let number = behindName(context, index, of: numeral) { return number }
        guard let value = numeral.value, text.isSpace(index - 1),
            !text.isMark(index + 1, "'’.") || text.isBorder(index + 2),
            let before = text.word(index - 2) ?? (context.isFrench ? behindRow(index, in: text) : nil)
        else { return nil }
        if context.isFrench, text.isWord(text.behindSpace(index + 1), inAnyCase: "siècle siècles") {
            context.say(ordinal: value)
            return Reading(end: index + 1)
        }
        // A single letter of the others is an initial, or a name: "Marie C", "type C".
        guard numeral.count > 1 || isCommon(text.tokens[index].head), value < 100,
            context.isFrench || value > 1 || !text.isSpace(index + 1) || before == "War"
        else { return nil }
        let name = context.isFrench ? behindRow(index, in: text) ?? before : before
        return say(value, behind: name, in: context) ? Reading(end: index + 1) : nil
    }

    /// "Cléopâtre VII", "Rambo III", "Led Zeppelin IV", "Henri-IV": of several letters that only numbers have, behind a name.
    private static func behindName(_ context: RuleContext, _ index: Int, of numeral: Numeral) -> Reading? {
        let text = context.text
        guard numeral.count > 1, text.isSpace(index - 1) || text.isDash(index - 1), text.isCapitalised(index - 2),
            text.length(index - 2) > 3 && !text.isAllCapitals(index - 2) || text.isWord(index - 2, "GTA NBA Léo"),
            numeral.letters.allSatisfy(isCommon), let value = numeral.value, value != 20,
            !text.isWord(index - 2, inAnyCase: drips), !context.isShouted(index),
            text.isBorder(index + 1) || text.isMark(index + 1, ",;:!?)»…")
                || text.isMark(index + 1, ".") && text.isBorder(index + 2)
        else { return nil }
        context.say(value)
        return Reading(end: index + 1)
    }

    /// What is given intravenously, "IV".
    private static let drips: WordSet = [
        "voie", "injection", "perfusion", "traitement", "antibiotique", "antibiotiques",
    ]

    /// Whether a numeral of two letters and more may begin at a word, or one that may have a suffix: "Le", "Il" and "Cuisine" have neither.
    private static func mayBeNumeral(_ index: Int, in context: RuleContext) -> Bool {
        let token = context.text.tokens[index]
        guard token.count > 1 else { return true }
        let second = Unicode.Scalar(context.text.utf8[token.bytes.lowerBound + 1])
        if second.isASCII, isNumeral(second) { return true }
        return context.isFrench && isCommon(token.head) && (!second.isASCII || beginsSuffix(second))
    }

    /// The noun in front of a row: "type I, II et III".
    private static func behindRow(_ index: Int, in text: TokenizedText) -> String? {
        var place = index
        for _ in 0..<8 {
            var before = text.isSpace(place - 1) ? place - 2 : place - 1
            if let word = text.word(before) {
                guard ["et", "ou", "à"].contains(word) else { return nil }
                before = text.isSpace(before - 1) ? before - 2 : before - 1
            } else if text.isMark(before, ",") {
                before -= 1
            } else {
                return nil
            }
            guard value(of: before, in: text) != nil, text.isSpace(before - 1) else { return nil }
            if let noun = text.word(before - 2), parts.contains(noun.lowercased()) || noun.hasSuffix("s"),
                value(of: before - 2, in: text) == nil,
                !["et", "ou", "à"].contains(noun)
            {
                return noun
            }
            place = before
        }
        return nil
    }

    /// "XXe s.", "du XVe au XVIe s.", "aux XIXe et XXe s.".
    static let century = Rule(at: "s", of: 1...1, before: .stop, in: .french) { context, index in
        let text = context.text
        guard text.length(index) == 1, text.isSpace(index - 1), !text.isWord(index + 2), isOrdinal(text, index - 2)
        else {
            return nil
        }
        let isPlural =
            text.isWord(index - 4, "et") && isOrdinal(text, index - 6)
            && text.isWord(index - 8, inAnyCase: "aux les des")
        return Reading(
            end: context.endsSentence(index + 1) ? index + 1 : index + 2, words: isPlural ? "siècles" : "siècle")
    }

    /// "XXe".
    static func isOrdinal(_ text: TokenizedText, _ index: Int) -> Bool {
        guard text.isWord(index), text.length(index) <= 8 else { return false }
        let letters = text.scalars(text.tokens[index])
        guard let numeral = numeral(at: letters), numeral.value != nil, letters.count > numeral.count else {
            return false
        }
        return ["e", "ᵉ", "ème", "er"].contains(String(letters.dropFirst(numeral.count)))
    }

    /// "Louis XIV", "François Ier", "chapitre IV"; "Henry VIII" is "Henry the eighth" in English.
    ///
    /// - Returns: false behind any other word, so that nothing is said.
    private static func say(_ value: UInt64, behind before: String, in context: RuleContext) -> Bool {
        let name = before.lowercased()
        guard context.isFrench else {
            if before != name, EnglishNames.rulers.contains(name) {
                context.say("the ")
                context.say(ordinal: value)
                return true
            }
            guard EnglishNames.parts.contains(name) else { return false }
            context.say(value)
            return true
        }
        if before != name, rulers.contains(name), value == 1 {
            let isFeminine = ["élisabeth", "elisabeth", "catherine", "isabelle", "marie"].contains(name)
            context.say(ordinal: 1, isFeminine ? .feminine : .masculine)
            return true
        }
        // "le XV de France", "jouer à XIII"
        let isTeam = (value == 15 || value == 13) && ["le", "du", "au", "un", "à"].contains(name)
        let isPart = parts.contains(name) || name.hasSuffix("s") && parts.contains(String(name.dropLast()))
        guard before != name && rulers.contains(name) || isTeam || isPart else { return false }
        context.say(value)
        return true
    }

    /// "XXIe", "Ier", "IIIᵉ".
    private static func ordinal(_ context: RuleContext, _ index: Int, of numeral: Numeral) -> Reading? {
        let text = context.text
        // "Ce", "De", "Le" and "Me" are words.
        guard let behind = text.scalars(text.tokens[index]).dropFirst(numeral.count).first, beginsSuffix(behind),
            text.length(index) - numeral.count <= 5, numeral.count > 1 || isCommon(text.tokens[index].head),
            let value = numeral.value
        else { return nil }
        // "Ve" and "Xe" are short forms of other words, unless something shows a rank.
        if text.length(index) == 2, !isLed(index, in: context) { return nil }
        var suffix = String(text.string(index).unicodeScalars.dropFirst(numeral.count))
        if text.isAllCapitals(index) {
            // "XXE SIÈCLE": in capitals, only a noun behind it tells the numeral from a word.
            let noun = text.isSpace(index + 1) && text.isAllCapitals(index + 2) ? text.word(index + 2) ?? "" : ""
            guard ranked.contains(noun.lowercased()) else { return nil }
            suffix = suffix.lowercased()
        }
        return Ordinals.say(value, suffix: suffix, in: context) ? Reading(end: index + 1) : nil
    }

    /// The others are initials of names and words, unless more of them follow.
    private static func isCommon(_ letter: Unicode.Scalar) -> Bool { letter == "I" || letter == "V" || letter == "X" }

    private static func beginsSuffix(_ letter: Unicode.Scalar) -> Bool {
        switch letter {
        case "e", "r", "è", "i", "n", "ᵉ", "ʳ", "ᵈ", "E", "È": true
        default: false
        }
    }

    private static func isLed(_ index: Int, in context: RuleContext) -> Bool {
        let text = context.text
        return text.isSpace(index - 1) && text.isWord(index - 2, inAnyCase: leading)
            || text.isSpace(index + 1) && text.isWord(index + 2, inAnyCase: ranked)
    }

    private static let leading: WordSet = [
        "le", "la", "les", "du", "au", "aux", "des", "de", "et", "ou", "au", "à", "ce", "cette", "notre", "leur", "sa",
        "ma",
        "une", "un",
    ]

    private static let ranked: WordSet = [
        "siècle", "siecle", "siècles", "siecles", "arrondissement", "république", "republique", "étage", "empire",
    ]

    /// Of a whole token.
    static func value(of index: Int, in text: TokenizedText) -> UInt64? {
        guard text.isWord(index), text.length(index) <= 8 else { return nil }
        let letters = text.scalars(text.tokens[index])
        guard let numeral = numeral(at: letters), numeral.count == letters.count else { return nil }
        return numeral.value
    }

    private struct Numeral {
        let letters: ArraySlice<Unicode.Scalar>

        var count: Int { letters.count }

        /// nil for what is not written as a Roman would: "IIII", "IC".
        var value: UInt64? {
            var (value, index) = (UInt64(0), letters.startIndex)
            let end = letters.endIndex
            for step in steps {
                var count = 0
                while count < step.most, index < end, letters[index] == step.first {
                    if let second = step.second {
                        guard index + 1 < end, letters[index + 1] == second else { break }
                        index += 1
                    }
                    index += 1
                    value += step.worth
                    count += 1
                }
            }
            return index == end ? value : nil
        }
    }

    /// The numeral that a word begins with; nil where there is none.
    private static func numeral(at letters: ArraySlice<Unicode.Scalar>) -> Numeral? {
        let numeral = letters.prefix(while: isNumeral)
        return numeral.isEmpty ? nil : Numeral(letters: numeral)
    }

    private static func isNumeral(_ letter: Unicode.Scalar) -> Bool {
        switch letter {
        case "I", "V", "X", "L", "C", "D", "M": true
        default: false
        }
    }

    private struct Step {
        var first: Unicode.Scalar
        var second: Unicode.Scalar? = nil
        var worth: UInt64
        /// How often it may be repeated.
        var most: Int
    }

    private static let steps = [
        Step(first: "M", worth: 1000, most: 3), Step(first: "C", second: "M", worth: 900, most: 1),
        Step(first: "D", worth: 500, most: 1), Step(first: "C", second: "D", worth: 400, most: 1),
        Step(first: "C", worth: 100, most: 3), Step(first: "X", second: "C", worth: 90, most: 1),
        Step(first: "L", worth: 50, most: 1), Step(first: "X", second: "L", worth: 40, most: 1),
        Step(first: "X", worth: 10, most: 3), Step(first: "I", second: "X", worth: 9, most: 1),
        Step(first: "V", worth: 5, most: 1), Step(first: "I", second: "V", worth: 4, most: 1),
        Step(first: "I", worth: 1, most: 3),
    ]

    private static let rulers: WordSet = WordSet(
        """
        louis henri charles françois napoléon philippe paul benoît pie léon grégoire clément innocent urbain \
        boniface alexandre nicolas guillaume édouard edouard george georges jacques richard frédéric ramsès léopold \
        albert baudouin alphonse ferdinand catherine pierre ivan élisabeth elisabeth isabelle marie jean constantin \
        ptolémée victor emmanuel christian gustave rainier mohammed hassan sixte jules clovis robert lothaire pépin \
        childéric darius xerxès elizabeth
        """)
    private static let parts: WordSet = [
        "chapitre", "tome", "acte", "scène", "livre", "volume", "partie", "article", "annexe", "titre", "section",
        "figure",
        "phase", "type", "niveau", "saison", "épisode", "apollo", "chant", "planche", "tableau", "vatican", "rocky",
        "groupe", "catégorie", "an", "stade", "grade",
    ]
}

private enum EnglishNames {
    static let rulers: WordSet = WordSet(
        """
        henry louis george elizabeth edward charles william richard james mary john paul pius benedict philip francis \
        napoleon catherine alexander frederick peter nicholas ferdinand leopold albert gregory clement urban innocent ramses leo
        """)
    static let parts: WordSet = [
        "chapter", "part", "act", "scene", "volume", "book", "section", "phase", "type", "war", "bowl", "title",
        "article",
        "rocky", "apollo", "level", "stage", "category", "table", "vol",
    ]
}
