/// Figures that are not a quantity: codes, number plates, numbers to call.
enum Codes {
    /// "code 123 456", "code 0042 7731".
    static let halved = Rule(of: 3...4, before: .space) { context, index in
        let text = context.text
        let length = text.length(index)
        guard text.isSingleSpace(index + 1), text.length(index + 2) == length, text.isDigits(index + 2),
            isNamed(context, index)
        else { return nil }
        context.say(each: [index, index + 2], between: ", ") { place in
            if !context.isFrench {
                context.say(digitsAt: place)
            } else if length == 4 {
                context.say(pairsOf: place)
            } else {
                context.say(codeAt: place)
            }
        }
        return Reading(end: index + 3)
    }

    /// "code 1-2-3-4".
    static let dashed = Rule(of: 1...1, before: .dash, after: .all.subtracting(.dash)) { context, index in
        let text = context.text
        guard isNamed(context, index) else { return nil }
        var end = index + 1
        while context.isDash(end), text.isDigits(end + 1), end < index + 23 { end += 2 }
        guard end > index + 3 else { return nil }
        context.say(each: stride(from: index, to: end, by: 2), between: ", ") { context.say(codeAt: $0) }
        return Reading(end: end)
    }

    /// "le code 4589B", "code PIN : 0000": two by two where they are even, one by one in English.
    static let secret = Rule(of: 4...12, after: [.none, .space, .colon, .dash]) { context, index in
        let text = context.text
        guard
            !context.isDash(index - 1)
                // "G-482913"
                || text.isDash(index - 1) && text.isAllCapitals(index - 2) && text.length(index - 2) == 1,
            isNamed(context, index) || isAnother(context, index) || isCode(context, index)
        else {
            return nil
        }
        sayPairs(index, in: context)
        return Reading(end: index + 1)
    }

    /// "XY123456789FR": a row of many figures among letters is not a number.
    static let glued = Rule(of: 6...14) { context, index in
        let text = context.text
        func isLetters(_ place: Int) -> Bool { text.isAllCapitals(place) && text.length(place) <= 3 }
        guard isLetters(index - 1) || isLetters(index + 1), !text.isMark(index - 1, ".,"),
            context.unit(behind: index + 1) == nil
        else { return nil }
        // An amount: "1000000EUR".
        if text.length(index + 1) == 3, !isLetters(index - 1) { return nil }
        sayPairs(index, in: context)
        return Reading(end: index + 1)
    }

    /// "le 49.3" of the constitution is never read with its mark, nor is "dans le 9.3" of the country.
    static let article = Rule(at: "49", of: 1...2, before: [.innerStop, .dash], after: .space, in: .french) {
        context, index in
        let text = context.text
        guard let value = text.value(index), text.value(index + 2) == 3, text.length(index + 2) == 1,
            text.isSpace(index - 1),
            value == 49
                ? text.isWord(index - 2, inAnyCase: "le du au article un ce")
                : value == 9 && text.isMark(index + 1, ".") && text.isWord(index - 2, "le")
                    && text.isWord(index - 4, inAnyCase: "dans"),
            !text.isDigits(index + 4), context.unit(behind: index + 3) == nil
        else { return nil }
        context.say(value)
        context.say(" ")
        context.say(3)
        return Reading(end: index + 3)
    }

    /// "S02E05".
    static let episode = Rule(at: "Ss", of: 1...1, before: .digits) { context, index in
        let text = context.text
        guard text.length(index) == 1, let season = text.small(index + 1, in: 1...99),
            text.isWord(index + 2, inAnyCase: "e"), let episode = text.small(index + 3, in: 1...99, digits: 2...2),
            !text.isWord(index + 4), !text.isDigits(index - 1)
        else { return nil }
        context.say(context.isFrench ? "saison " : "season ")
        context.say(season)
        context.say(context.isFrench ? " épisode " : " episode ")
        context.say(episode)
        return Reading(end: index + 4)
    }

    /// "12A45", "8F3A-92BC", "réf. 3A-92" behind a word for a code: the letters are no units, and the dashes lead to nothing.
    static let mixed = Rule(of: 1...6, before: .word, leadingTo: "ABCDEFGHIJKLMNOPQRSTUVWXYZ") { context, index in
        let text = context.text
        guard text.isAllCapitals(index + 1), text.length(index + 1) <= 4 else { return nil }
        var end = index + 2
        while end < index + 24 {
            let isJoined = text.isDash(end)
            let next = isJoined ? end + 1 : end
            guard text.isDigits(next) && text.length(next) <= 6 || text.isAllCapitals(next) && text.length(next) <= 4
            else { break }
            end = next + 1
        }
        guard text.isBorder(end) || text.isMark(end, ".,;:!?)»\""),
            isNamed(context, index, hasLetters: end > index + 2)
        else { return nil }
        var isFirst = true
        for place in index..<end {
            guard !text.isDash(place) else { continue }
            if !isFirst { context.say(text.isDash(place - 1) ? ", " : " ") }
            isFirst = false
            if !text.isDigits(place) {
                context.say(letters: place)
            } else if text.length(place) % 2 == 0 {
                context.say(pairsOf: place)
            } else {
                context.say(codeAt: place)
            }
        }
        return Reading(end: end)
    }

    /// Two by two where French figures are even, and else one by one.
    private static func sayPairs(_ index: Int, in context: RuleContext) {
        if context.isFrench, context.text.length(index) % 2 == 0 {
            context.say(pairsOf: index)
        } else {
            context.say(digitsAt: index)
        }
    }

    private static let names = ["code", "codes", "digicode", "pin", "passcode", "otp"]
    private static let references = ["réf", "ref", "référence", "série", "clé", "licence", "serial", "reference"]
    private static let between = [
        "vérification", "validation", "confirmation", "sécurité", "activation", "wi", "fi", "carte", "verification",
        "access", "connexion", "fa", "google", "whatsapp", "amazon", "paypal", "apple", "sms", "doctolib", "d", "de",
        "du", "la", "le", "l", "est", "entrée", "accès", "porte", "portail", "immeuble", "alarme", "wifi", "secret",
        "puk", "fiscal", "à", "chiffres", "digit", "is", "the", "door", "gate", "alarm",
    ]

    /// What a word does that leads to a code.
    private enum Lead {
        case names
        /// It names what has letters between its figures.
        case refers
        case leads
    }

    private static let leading = WordTable(
        Dictionary(
            names.map { ($0, Lead.names) } + references.map { ($0, .refers) } + between.map { ($0, .leads) }
        ) { first, _ in first })

    /// Whether the words before lead to a code: "code", "code PIN :", "code d'entrée est le".
    private static func isNamed(_ context: RuleContext, _ index: Int, hasLetters: Bool = false) -> Bool {
        let text = context.text
        var place = index - 1
        while place >= 0, place > index - 16 {
            if text.isWord(place) {
                guard let lead = text.entry(place, inAnyCase: leading), hasLetters || lead != .refers else {
                    return false
                }
                if lead != .leads { return true }
            } else if !text.isSpace(place), !text.isMark(place, ":'’-"),
                !text.isMark(place, ".") || !text.isWord(place - 1),
                // "code à 6 chiffres : 904 217", "code 2FA : 839204"
                text.length(place) > 1 || !text.isDigits(place)
                    || !text.isWord(place + 2, "chiffres digit") && !text.isWord(place + 1, "FA")
            {
                return false
            }
            place -= 1
        }
        return false
    }

    /// "839204 est votre code", "carte •••• 1234", "carte se terminant par 1234": figures that what stands beside them calls a code.
    private static func isCode(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        guard text.isBorder(index + 1) || text.isMark(index + 1, ".,;:!?)") && !text.isDigits(index + 2) else {
            return false
        }
        if text.isSpace(index + 1), text.isWord(index + 2, "est is"), text.isWord(index + 4, "votre ton le your the") {
            return text.isWord(index + 6, "code") || text.isWord(index + 8, "code")
        }
        // "Washington, DC 20500", but "SALE IN 10000 STORES" and "OK 10000 steps"
        if !context.isFrench, text.length(index) == 5, text.isSpace(index - 1), text.isWord(index - 2, in: states) {
            let hasComma = text.isMark(index - 4, ",")
            let place = hasComma ? index - 5 : index - 4
            return text.isSpace(index - 3) && text.isCapitalised(place) && !text.isAllCapitals(place)
                && (hasComma || !text.isWord(index + 2) || text.isCapitalised(index + 2))
        }
        guard text.length(index) == 4, text.isSpace(index - 1) else { return false }
        return text.isMark(index - 2, "*•") && text.isMark(index - 3, "*•")
            || text.isWord(index - 2, "par in") && text.isWord(index - 4, "terminant finissant ending")
    }

    private static let states = WordSet(
        """
        AL AK AZ AR CA CO CT DC DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI \
        SC SD TN TX UT VT VA WA WV WI WY
        """)

    /// "Code 0480, 0490 et 0420": a further one of the same length, with nothing that it could count.
    private static func isAnother(_ context: RuleContext, _ index: Int) -> Bool {
        let text = context.text
        let length = text.length(index)
        guard text.isBorder(index + 1) || text.isMark(index + 1, ",;.!?)") else { return false }
        var place = index
        for _ in 0..<8 {
            var before = text.isSpace(place - 1) ? place - 2 : place - 1
            if text.isWord(before, in: joints) {
                before = text.isSpace(before - 1) ? before - 2 : before - 1
            }
            if text.isMark(before, ",;") { before = text.isSpace(before - 1) ? before - 2 : before - 1 }
            guard before < place - 1, text.isDigits(before), text.length(before) == length else { return false }
            if isNamed(context, before) { return !isMeasured(context, index) }
            place = before
        }
        return false
    }

    private static let joints: WordSet = ["et", "ou", "puis", "and", "or", "then"]

    /// "AB-123-CD".
    static let plate = Rule(of: 2...2, before: .dash, after: .all.subtracting(.dash)) { context, index in
        let text = context.text
        let isPair = { (place: Int) in text.isAllCapitals(place) && text.length(place) == 2 }
        guard isPair(index), text.mark(index + 1) == text.mark(index + 3), text.isDigits(index + 2),
            text.length(index + 2) == 3,
            isPair(index + 4), !context.isDash(index + 5)
        else { return nil }
        context.say(letters: index)
        context.say(" ")
        context.say(codeAt: index + 2)
        context.say(" ")
        context.say(letters: index + 4)
        return Reading(end: index + 5)
    }

    /// Two by two where they are even, and one by one in English.
    static func sayDialled(_ index: Int, in context: RuleContext) {
        guard context.isFrench else { return context.say(digitsAt: index) }
        if context.text.length(index) % 2 == 0 { context.say(pairsOf: index) } else { context.say(codeAt: index) }
    }

    /// "appelez le 3919", "le 3646", "call 911".
    static let toCall = Rule(of: 3...4, before: Followers.all.subtracting(.word), after: .space) { context, index in
        let text = context.text
        guard text.isSpace(index - 1), text.isWord(index - 2) || text.isMark(index - 2, ":") && context.isFrench,
            let number = text.value(index)
        else { return nil }
        guard context.isFrench else {
            guard text.length(index) == 3, text.isWord(index - 2, inAnyCase: callers), !context.isDash(index + 1),
                !text.isDigits(index + 2), !isMeasured(context, index)
            else {
                return nil
            }
            context.say(digitsAt: index)
            return Reading(end: index + 1)
        }
        guard text.length(index) == 4 else {
            // "le 118 218", "le 116 117"
            guard number == 118 || number == 116, text.isSingleSpace(index + 1), text.length(index + 2) == 3,
                text.isDigits(index + 2), !text.isDigits(index + 4),
                text.isWord(index - 2, inAnyCase: "le au du numéro") || text.isWord(index - 2, inAnyCase: callers),
                !isMeasured(context, index + 2)
            else { return nil }
            context.say(each: [index, index + 2], between: ", ") { context.say(codeAt: $0) }
            return Reading(end: index + 3)
        }
        guard number % 100 != 0 else { return nil }
        let isDialling = text.isWord(index - 2, inAnyCase: dialling)
        // "La Poste : 3631"
        let name = text.isSpace(index - 3) ? index - 4 : index - 3
        let isListed = text.isMark(index - 2, ":") && text.isWord(name, inAnyCase: listed)
        guard isDialling || isListed || text.isWord(index - 2, inAnyCase: articles) else { return nil }
        let isCalled = text.isSpace(index - 3) && text.isWord(index - 4, inAnyCase: callers)
        guard isDialling || isCalled || [30, 31, 32, 34, 36, 39].contains(number / 100), !isMeasured(context, index),
            !text.startsWithZero(index) || Telephones.national.read(context, index) == nil
        else { return nil }
        context.say(pairsOf: index)
        return Reading(end: index + 1)
    }

    /// Whether a unit, or a noun in the plural, makes a quantity of a number.
    private static func isMeasured(_ context: RuleContext, _ index: Int) -> Bool {
        if context.text.isMark(index + 1, ".,"), context.text.isDigits(index + 2) { return true }
        if context.unit(behind: index + 1) != nil || context.text.isMark(context.text.behindSpace(index + 1), "€$£") {
            return true
        }
        guard context.text.isSpace(index + 1), let noun = context.text.word(index + 2) else { return false }
        return noun.utf8.count > 3 && noun.hasSuffix("s")
            && !["dans", "sans", "puis", "mais", "alors", "depuis", "sous"].contains(noun)
    }

    /// What may have such a number behind a colon.
    private static let listed: WordSet = [
        "tél", "téléphone", "tel", "standard", "urgence", "urgences", "poste", "sncf", "service", "services", "client",
        "clients", "assistance", "taxi", "taxis", "info", "infos", "orange", "sfr", "free", "bouygues", "banque",
        "appel",
    ]
    private static let articles: WordSet = ["le", "au", "numéro"]
    private static let dialling: WordSet = ["composez", "composer", "appelez", "appeler"]
    private static let callers: WordSet = [
        "appelez", "appeler", "appelle", "appelles", "appelant", "appel", "composez", "composer", "compose",
        "contactez", "contacter",
        "joindre", "joignez", "rappelez", "rappeler", "faites", "call", "dial", "ring", "phone", "dialing", "calling",
    ]
}
