/// Roman numerals, where the words around them say that they are some.
enum Numerals {
    static let roman = Rule(at: "IVXLCDM", of: 1...12) { context, index in
        mayBeNumeral(index, in: context) ? read(context, index) : nil
    }

    // Apart, so that little is done for the many words that are none.
    @inline(never)
    private static func read(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        let numeral = Numeral(at: index, in: text)
        guard numeral.count > 0 else { return nil }
        if numeral.count < text.length(index) { return context.isFrench ? ordinal(context, index, of: numeral) : nil }
        // "XIV-XVe s."
        if context.isFrench, text.isDash(index + 1), isOrdinal(text, index + 2), let value = numeral.value {
            context.say(ordinal: value)
            context.say(" au ")
            return Reading(end: index + 2)
        }
        if context.isFrench, text.isSpace(index + 1), text.isSpace(index + 3), text.isWord(index + 2, "e ème er"),
            text.isWord(index + 4, "siècle siècles arrondissement"), let value = numeral.value
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
        if context.isFrench, index == 0, text.isWord(0, "I"), text.isMark(1, "."), text.isSpace(2),
            text.isCapitalised(3), text.length(3) > 3, text.count < 16, !text.isMark(text.count - 1, ".")
        {
            context.say(1)
            return Reading(end: 1)
        }
        // "II. Développement"
        if index == 0, (2...8).contains(text.length(0)), text.isMark(1, "."), text.isBorder(2),
            numeral.isCommon, let value = numeral.value
        {
            context.say(value)
            return Reading(end: 1)
        }
        if context.isFrench, let number = behindName(context, index, of: numeral) { return number }
        // "n° IV", "XV de France"
        if context.isFrench, let value = numeral.value,
            numeral.count > 1 && text.isMark(text.isSpace(index - 1) ? index - 2 : index - 1, "°º")
                && (text.isBorder(index + 1) || text.isMark(index + 1, ".,;!?)") && !text.isDigits(index + 2))
                || [13, 15].contains(value) && text.isWord(index + 2, "de") && text.isWord(index + 4, "France")
        {
            context.say(value)
            return Reading(end: index + 1)
        }
        guard text.isSpace(index - 1), let value = numeral.value,
            !text.isMark(index + 1, "'’.") || text.isBorder(index + 2)
        else { return nil }
        let row = context.isFrench ? behindRow(index, in: text) : nil
        guard row != nil || text.isWord(index - 2) else { return nil }
        if context.isFrench, text.isWord(text.behindSpace(index + 1), inAnyCase: "siècle siècles") {
            context.say(ordinal: value)
            return Reading(end: index + 1)
        }
        // A single letter of the others is an initial, or a name: "Marie C", "type C".
        guard numeral.count > 1 || numeral.isCommon, value < 100,
            context.isFrench || value > 1 || !text.isSpace(index + 1) || text.isWord(index - 2, "War")
        else { return nil }
        return say(value, behind: row ?? index - 2, in: context) ? Reading(end: index + 1) : nil
    }

    /// "Cléopâtre VII", "Rambo III", "Led Zeppelin IV", "Henri-IV": of several letters that only numbers have, behind a name.
    private static func behindName(_ context: RuleContext, _ index: Int, of numeral: Numeral) -> Reading? {
        let text = context.text
        guard numeral.count > 1, text.isSpace(index - 1) || text.isDash(index - 1), text.isCapitalised(index - 2),
            text.length(index - 2) > 3 && !text.isAllCapitals(index - 2) || text.isWord(index - 2, "GTA NBA Léo"),
            numeral.isCommon, let value = numeral.value, value != 20,
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
        let text = context.text
        let token = text.tokens[index]
        // "C'est", "L'eau"
        guard token.count > 1 else { return !text.isMark(index + 1, "'’") || text.isBorder(index + 2) }
        let second = text.utf8[token.bytes.lowerBound + 1]
        if second <= UInt8(ascii: "Z"), worth(of: second) > 0 { return true }
        return isCommon(token.head) && (second >= 0x80 || beginsSuffix(Unicode.Scalar(second))) && context.isFrench
    }

    /// The place of the noun in front of a row: "type I, II et III".
    private static func behindRow(_ index: Int, in text: TokenizedText) -> Int? {
        var place = index
        for _ in 0..<8 {
            var before = text.isSpace(place - 1) ? place - 2 : place - 1
            if text.isWord(before) {
                guard text.isWord(before, "et ou à") else { return nil }
                before = text.isSpace(before - 1) ? before - 2 : before - 1
            } else if text.isMark(before, ",") {
                before -= 1
            } else {
                return nil
            }
            guard value(of: before, in: text) != nil, text.isSpace(before - 1) else { return nil }
            if text.isWord(before - 2, inAnyCase: parts) || text.word(before - 2)?.hasSuffix("s") == true,
                value(of: before - 2, in: text) == nil
            {
                return before - 2
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
        let numeral = Numeral(at: index, in: text)
        guard numeral.count > 0, numeral.value != nil else { return false }
        switch String(valid: suffix(behind: numeral, index, in: text)) {
        case "e", "ᵉ", "ème", "er": return true
        default: return false
        }
    }

    /// What follows the numeral that a word begins with.
    private static func suffix(
        behind numeral: Numeral, _ index: Int, in text: TokenizedText
    ) -> UnsafeBufferPointer<UInt8> {
        let bytes = text.tokens[index].bytes
        return text.utf8[bytes.lowerBound + numeral.count..<bytes.upperBound]
    }

    /// "Louis XIV", "François Ier", "chapitre IV"; "Henry VIII" is "Henry the eighth" in English.
    ///
    /// - Returns: false behind any other word, so that nothing is said.
    private static func say(_ value: UInt64, behind place: Int, in context: RuleContext) -> Bool {
        let text = context.text
        guard context.isFrench else {
            if text.isWord(place, inAnyCase: EnglishNames.rulers), isWithCapitals(place, in: text) {
                context.say("the ")
                context.say(ordinal: value)
                return true
            }
            guard text.isWord(place, inAnyCase: EnglishNames.parts) else { return false }
            context.say(value)
            return true
        }
        let isRuler = text.isWord(place, inAnyCase: rulers) && isWithCapitals(place, in: text)
        if isRuler, value == 1 {
            let isFeminine = text.isWord(place, inAnyCase: "élisabeth elisabeth catherine isabelle marie")
            context.say(ordinal: 1, isFeminine ? .feminine : .masculine)
            return true
        }
        // "le XV de France", "jouer à XIII"
        let isTeam = (value == 15 || value == 13) && text.isWord(place, inAnyCase: "le du au un à")
        guard isRuler || isTeam || text.isWord(place, inAnyCase: partsOrMore) else { return false }
        context.say(value)
        return true
    }

    private static func isWithCapitals(_ index: Int, in text: TokenizedText) -> Bool {
        let word = text.string(index)
        return word != word.lowercased()
    }

    /// "XXIe", "Ier", "IIIᵉ".
    private static func ordinal(_ context: RuleContext, _ index: Int, of numeral: Numeral) -> Reading? {
        let text = context.text
        // "Ce", "De", "Le" and "Me" are words.
        let letters = Self.suffix(behind: numeral, index, in: text)
        guard text.length(index) - numeral.count <= 5, numeral.count > 1 || numeral.isCommon,
            let behind = Unicode.Scalar(Unicode.Scalar.decode(letters, at: 0).value), beginsSuffix(behind),
            let value = numeral.value
        else { return nil }
        // "Ve" and "Xe" are short forms of other words, unless something shows a rank.
        if text.length(index) == 2, !isLed(index, in: context) { return nil }
        var suffix = String(valid: letters)
        if text.isAllCapitals(index) {
            // "XXE SIÈCLE": in capitals, only a noun behind it tells the numeral from a word.
            guard text.isSpace(index + 1), text.isAllCapitals(index + 2), text.isWord(index + 2, inAnyCase: ranked)
            else { return nil }
            suffix = suffix.lowercased()
        }
        guard Ordinals.say(value, suffix: suffix, in: context) else { return nil }
        // "XIVe-XVe siècle"
        guard text.isDash(index + 1), isOrdinal(text, index + 2) else { return Reading(end: index + 1) }
        context.say(" au ")
        return Reading(end: index + 2)
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
        let numeral = Numeral(at: index, in: text)
        return numeral.count == text.length(index) ? numeral.value : nil
    }

    /// The numeral that a word begins with, perhaps of no letter.
    private struct Numeral {
        /// Of letters.
        private(set) var count = 0
        /// nil for what is not written as a Roman would: "IIII", "IC".
        private(set) var value: UInt64? = nil
        /// Whether it has only letters that are rarely initials: I, V and X.
        private(set) var isCommon = true

        init(at index: Int, in text: borrowing TokenizedText) {
            let letters = text.utf8[text.tokens[index].bytes]
            while count < letters.count {
                let worth = Numerals.worth(of: letters[count])
                guard worth > 0 else { break }
                isCommon = isCommon && worth <= 10
                count += 1
            }
            var (sum, place, last, times) = (UInt64(0), 0, UInt64.max, 0)
            while place < count {
                let one = Numerals.worth(of: letters[place])
                let next = place + 1 < count ? Numerals.worth(of: letters[place + 1]) : 0
                // "IV" is one step, of four.
                let isPair = next > one
                let step = isPair ? next - one : one
                times = step == last ? times + 1 : 1
                guard step <= last, times <= Self.most(of: step, isPair: isPair) else { return }
                (sum, last) = (sum + step, step)
                place += isPair ? 2 : 1
            }
            value = sum
        }

        /// How often a step may be taken.
        private static func most(of step: UInt64, isPair: Bool) -> Int {
            switch step {
            case 1, 10, 100, 1000: 3
            case 4, 9, 40, 90, 400, 900: 1
            // "VX" is no five.
            case 5, 50, 500: isPair ? 0 : 1
            default: 0
            }
        }
    }

    /// Of a letter of numerals; of any other, nothing.
    @inline(__always)
    private static func worth(of letter: UInt8) -> UInt64 {
        switch letter {
        case UInt8(ascii: "I"): 1
        case UInt8(ascii: "V"): 5
        case UInt8(ascii: "X"): 10
        case UInt8(ascii: "L"): 50
        case UInt8(ascii: "C"): 100
        case UInt8(ascii: "D"): 500
        case UInt8(ascii: "M"): 1000
        default: 0
        }
    }

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
    private static let partsOrMore = parts.union(WordSet(parts.words.map { $0 + "s" }))
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
