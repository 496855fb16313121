/// E-mail, the web, machines and versions.
enum Addresses {
    private static let longest = 64

    /// "jean.dupont@exemple.fr".
    static let mail = Rule(before: [.innerStop, .dash, .otherMark, .digits]) { context, index in
        let text = context.text
        // Within a longer name, its beginning was asked already.
        guard text.isMark(index + 1, ".-_+@") || text.isDigits(index + 1), !text.isMark(index - 1, "@"),
            !text.isWord(index - 2) || !text.isMark(index - 1, ".-_+")
        else { return nil }
        guard let at = endOfName(text, from: index), text.isMark(at, "@"),
            let end = endOfHost(text, from: at + 1)
        else { return nil }
        say(index..<end, in: context)
        return Reading(end: end)
    }

    /// "https://www.exemple.fr/page", "exemple.fr".
    static let web = Rule(before: [.innerStop, .colon, .dash, .digits]) { context, index in
        let text = context.text
        guard text.isMark(index + 1, ".:-") || text.isDigits(index + 1), !text.isMark(index - 1, ".@"),
            !text.isWord(index - 2) || !text.isMark(index - 1, "-")
        else { return nil }
        var start = index
        let isScheme = text.isMark(index + 1, ":") && text.isMark(index + 2, "/") && text.isMark(index + 3, "/")
        if isScheme {
            guard text.isWord(index, inAnyCase: "http https ftp") else { return nil }
            start = index + 4
        }
        guard let host = endOfHost(text, from: start) ?? (isScheme ? endOfName(text, from: start, isHost: true) : nil)
        else { return nil }
        var end = host
        if text.isMark(end, ":"), text.isDigits(end + 1) { end += 2 }
        if text.isMark(end, "/?#") {
            while end < text.count, !text.isBorder(end), end < index + 400 {
                // "Brest_(Finistère)"
                if text.isMark(end, "("), text.isWord(end + 1), text.isMark(end + 2, ")") { end += 2 }
                if text.isMark(end, "<>«»\"([]{}|,;") || text.isMark(end, ")") && !text.isWord(end - 1) { break }
                if text.isMark(end, ")"), !text.isMark(end - 2, "(") { break }
                end += 1
            }
            while text.isMark(end - 1, ".!?:'’") { end -= 1 }
        }
        say(start..<end, in: context)
        return Reading(end: end)
    }

    /// "192.168.1.10".
    static let ofMachine = Rule(of: 1...3, before: .innerStop) { context, index in
        let text = context.text
        var end = index
        for part in 0..<4 {
            guard text.small(end, in: 0...255, digits: 1...3) != nil, part == 3 || text.isMark(end + 1, ".") else {
                return nil
            }
            end += 2
        }
        guard !text.isMark(end - 1, ".") || !text.isDigits(end),
            !text.isMark(index - 1, ".") || !text.isDigits(index - 2)
        else { return nil }
        // "10.0.0.0/8".
        if text.isMark(end - 1, "/"), text.isDigits(end), text.length(end) <= 2 { end += 2 }
        say(index..<end - 1, in: context)
        return Reading(end: end - 1)
    }

    /// "6.3.1".
    static let versions = Rule(of: 1...4, before: .innerStop) { context, index in
        let text = context.text
        guard text.length(index) <= 4, text.isMark(index + 1, "."), text.isDigits(index + 2) else { return nil }
        if let number = context.number(index), number.end > index + 3 || number.isInteger && number.end == index + 3 {
            return nil
        }
        var end = index + 3
        while text.isMark(end, "."), text.isDigits(end + 1), end < index + 12 { end += 2 }
        guard end > index + 3 || text.startsWithZero(index) == false && context.isFrench else { return nil }
        // One full stop is a decimal in English; in French it is said as it is written.
        if end == index + 3, context.unit(behind: end) != nil { return nil }
        // "48.390394" of a map
        let isFine = end == index + 3 && text.length(index + 2) > 3
        for place in stride(from: index, to: end, by: 2) {
            if place > index { context.say(apart: context.words.point) }
            if isFine, place > index { context.say(digitsAt: place) } else { context.say(codeAt: place) }
        }
        return Reading(end: end, isQuantity: true)
    }

    /// - Parameter isHost: whether neither underscores nor plus signs belong to it.
    static func endOfName(_ text: TokenizedText, from index: Int, isHost: Bool = false) -> Int? {
        var end = index
        guard text.isWord(end) || text.isDigits(end) else { return nil }
        while end < index + longest,
            text.isWord(end) || text.isDigits(end)
                || (text.isMark(end, ".-") || !isHost && text.isMark(end, "_+"))
                    && (text.isWord(end + 1) || text.isDigits(end + 1))
        {
            end += 1
        }
        return end < index + longest ? end : nil
    }

    private static let domains: WordSet = [
        "fr", "com", "org", "net", "be", "ch", "eu", "io", "info", "de", "uk", "lu", "ca", "dev", "app", "ai", "tv",
        "me", "es", "it", "local", "lan",
        "home", "edu", "gov", "gouv", "bzh", "paris", "co", "us", "biz", "pro", "tech", "cloud",
    ]

    /// A host name that ends in a known domain.
    private static func endOfHost(_ text: TokenizedText, from index: Int) -> Int? {
        guard let end = endOfName(text, from: index, isHost: true), end > index + 2, text.isMark(end - 2, "."),
            text.isWord(end - 1, inAnyCase: domains), !text.isCapitalised(end - 1) || text.isAllCapitals(index)
        else { return nil }
        return end
    }

    static func say(_ range: Range<Int>, in context: RuleContext) {
        let text = context.text
        func isSaid(_ index: Int) -> Bool {
            text.mark(index).map { name(of: $0, in: context) != nil } ?? !text.isSpace(index)
        }
        var end = range.upperBound
        while end > range.lowerBound, !isSaid(end - 1) { end -= 1 }
        // A slash at the end says nothing.
        if end > range.lowerBound, text.isMark(end - 1, "/") { end -= 1 }
        var isFirst = true
        for index in range.lowerBound..<end where isSaid(index) {
            if !isFirst { context.say(" ") }
            isFirst = false
            if text.isDigits(index) {
                context.say(codeAt: index)
            } else if let mark = text.mark(index) {
                context.say(name(of: mark, in: context) ?? "")
            } else if text.isWord(index, "www") {
                context.say(context.words.worldWideWeb)
            } else {
                context.say(asWritten: index)
            }
        }
    }

    private static func name(of mark: Unicode.Scalar, in context: RuleContext) -> String? {
        switch mark {
        case ".": context.words.dot
        case "@": context.words.at
        case "/": context.words.slash
        case "\\": context.words.backslash
        case "~": context.words.tilde
        case "-": context.words.dash
        case "_": context.words.underscore
        case ":": context.words.colon
        case "?": context.words.question
        case "=": context.words.equals
        case "&": context.words.ampersand
        case "+": context.words.plus
        case "#": context.words.hashtag
        case "%": context.words.percent
        default: nil
        }
    }
}
