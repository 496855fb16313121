/// Numbers with a unit.
enum Quantities {
    /// "10 km/h", "250 g", "21 °C", "5 %".
    static let measured = Rule(before: .ofQuantities, leadingTo: Unit.heads) { context, index in
        guard let written = context.number(index), let unit = context.unit(behind: written.end) else { return nil }
        let number = context.isFrench ? Sensors.native(written) : written
        context.say(number, unit.name.isFeminine ? .feminine : .masculine)
        // "a five gigabyte file".
        let isAdjective =
            !context.isFrench && context.text.isSpace(index - 1)
            && context.text.isWord(index - 2, "a an")
            && context.text.isSpace(unit.end) && context.text.isWord(unit.end + 1) || isPacked(context, unit)
        let isPlural = context.language.isPlural(number) && !isAdjective
        if let inches = inches(behind: unit, in: context) {
            context.say(" ")
            context.say(unit, isPlural: isPlural)
            context.say(" ")
            context.say(inches.count)
            context.say(context.isFrench ? " pouce" : " inch")
            if inches.count > 1 { context.say(context.isFrench ? "s" : "es") }
            return Reading(end: inches.end)
        }
        if !context.isFrench {
            let text = context.text
            context.say(" ")
            context.say(unit, isPlural: isPlural)
            // "1 tsp. salt"
            let isShort =
                text.isMark(unit.end, ".") && text.isSpace(unit.end + 1) && text.isWord(unit.end + 2)
                && !text.isCapitalised(unit.end + 2)
                && ["teaspoon", "tablespoon", "ounce", "pound", "foot"].contains(context.singular(of: unit))
            return Reading(end: isShort ? unit.end + 1 : unit.end, isQuantity: true)
        }
        context.sayLink(from: number, to: unit, isPlural: isPlural)
        context.say(unit, isPlural: isPlural)
        guard context.text.isMark(unit.end, ".") else { return Reading(end: unit.end, isQuantity: true) }
        // "456 692 hab. en 2021"
        if context.text.isSpace(unit.end + 1) || context.text.isMark(unit.end + 1, ",;:)"),
            ["habitant", "personne"].contains(context.singular(of: unit)), !context.endsSentence(unit.end)
        {
            return Reading(end: unit.end + 1)
        }
        // "3 min. de marche"
        if context.isShortened(at: unit.end) { return Reading(end: unit.end + 1) }
        return Reading(end: unit.end, isQuantity: true)
    }

    /// "6 ft 2 in", "6 ft. 2 in.,": what stands behind feet.
    private static func inches(behind unit: WrittenUnit, in context: RuleContext) -> (count: UInt64, end: Int)? {
        let text = context.text
        guard text.isWord(unit.end - 1, "ft") else { return nil }
        let stop = text.isMark(unit.end, ".") ? unit.end + 1 : unit.end
        guard text.isSpace(stop), let count = text.small(stop + 1, in: 1...11),
            case let name = text.behindSpace(stop + 2), text.isWord(name, "in"),
            text.isMark(name + 1, ".") || !text.isWord(name + 2) || text.isWord(name + 2, "tall wide long high deep")
        else { return nil }
        return (count, text.isMark(name + 1, ".") && !context.endsSentence(name + 1) ? name + 2 : name + 1)
    }

    /// "12 oz. can", "5 lb bag": so much is a property of what holds it.
    private static func isPacked(_ context: RuleContext, _ unit: WrittenUnit) -> Bool {
        guard !context.isFrench else { return false }
        let text = context.text
        let stop = text.isMark(unit.end, ".") ? unit.end + 1 : unit.end
        return text.isSpace(stop) && text.isWord(stop + 1, in: packings)
    }

    private static let packings: WordSet = [
        "can", "cans", "bag", "bags", "jar", "jars", "bottle", "bottles", "box", "boxes", "package", "packages", "pack",
        "packs", "container", "containers", "tube", "carton", "steak", "steaks", "ladder", "cable", "rope",
    ]

    /// "8/14 °C": the coldest and the warmest of a day.
    static let span = Rule(before: [.slash, .space], leadingTo: "/") { context, index in
        let text = context.text
        let slash = text.behindSpace(index + 1)
        let (isSpaced, sign) = (slash > index + 1, text.behindSpace(slash + 1))
        let right = text.isMark(sign, "-−+") ? sign + 1 : sign
        guard text.isMark(slash, "/"), isSpaced == (sign > slash + 1), let number = context.number(index),
            number.end == index + 1, let other = context.number(right),
            context.isTemperature(behind: other.end)
                || isParty(context, other.end) && number.value < other.value
                    && (!isSpaced || other.value <= 3 * number.value && !text.isWord(index - 1))
                || isSpan(from: number, to: other, in: context)
        else { return nil }
        if context.isFrench, other.value >= 100, Kitchen.isThermostat(context, index) {
            context.say(number)
            context.say(", ")
            return Reading(end: sign)
        }
        let isPlus = text.isMark(sign, "+")
        let gender = number.value == 1 ? context.gender(behind: other.end) : .masculine
        context.say(number, gender)
        context.say(apart: context.words.to)
        if isPlus { context.say(context.words.plus + " ") }
        return Reading(end: isPlus ? right : sign)
    }

    /// "1 500/1 800 m": too great for a part, and too near to each other for two things.
    static let heights = Rule(before: [.space, .slash], leadingTo: "/", in: .french) { context, index in
        let text = context.text
        let slash = text.isSpace(index + 1) ? index + 3 : index + 1
        guard slash > index + 1 || text.length(index) > 3, text.isMark(slash, "/"), let number = context.number(index),
            number.end == slash,
            number.value >= 1000, let other = context.number(slash + 1),
            (number.value + 1..<2 * number.value).contains(other.value),
            context.unit(behind: other.end) != nil || text.isMark(text.behindSpace(other.end), "€")
        else { return nil }
        // "Calories : 2 145/2 500 kcal": what has a name, but no height and price, has a goal.
        let isGoal =
            text.isMark(text.isSpace(index - 1) ? index - 2 : index - 1, ":")
            && context.unit(behind: other.end) != nil && !context.isLength(behind: other.end)
        context.say(number)
        context.say(apart: isGoal ? context.words.over : context.words.to)
        return Reading(end: slash + 1)
    }

    /// "4/6 personnes" are no part of a person.
    private static func isParty(_ context: RuleContext, _ end: Int) -> Bool {
        context.text.isSpace(end) && context.text.isWord(end + 1, in: party)
    }

    /// "3/4 personnes", "2/3 jours", "1/2 comprimés": words behind two numbers of which one leads to the other.
    static func isSpanned(_ text: TokenizedText, _ noun: Int) -> Bool {
        text.isWord(noun, in: party) || text.isWord(noun, in: spanned) || text.isWord(noun, in: Spans.taken)
    }

    private static let party: WordSet = [
        "personnes", "pers", "parts", "convives", "portions", "enfants", "joueurs", "ans", "élèves", "people",
        "players",
    ]

    /// "10/12 minutes", "2/3 jours", "3/4 fois" are not parts, but "3/4 h" and "1/2 jour" are.
    private static func isSpan(from low: WrittenNumber, to high: WrittenNumber, in context: RuleContext) -> Bool {
        if low.value == 1, high.value == 2, context.isFrench, context.text.isSpace(high.end),
            context.text.isWord(high.end + 1, in: Spans.taken)
        {
            return true
        }
        guard low.isInteger, high.isInteger, low.value != 1, low.value < high.value,
            low.value == 0 || high.value <= 3 * low.value
        else { return false }
        let text = context.text
        if text.isSpace(high.end), text.isWord(high.end + 1, in: spanned) { return true }
        if context.isFrench, Spans.isMeasured(context, from: low, to: high) { return true }
        guard context.isFrench, let unit = context.unit(behind: high.end) else { return false }
        let name = context.singular(of: unit)
        return ["minute", "seconde", "jour"].contains(name) || name == "heure" && (low.value, high.value) != (3, 4)
    }

    private static let spanned: WordSet = [
        "minutes", "secondes", "heures", "jours", "nuits", "semaines", "mois", "années", "fois", "gouttes", "cuillères",
        "times", "days", "weeks", "months", "years",
    ]

    /// "68,4 M d'habitants", "2 Mds de trajets".
    static let millions = Rule(before: [.space, .word, .pause], leadingTo: "MkKm", in: .french) { context, index in
        let text = context.text
        guard let number = context.number(index) else { return nil }
        let letter = text.behindSpace(number.end)
        if let short = Scales.short(context, number, letter: letter) { return short }
        // "2,1 M hab.", "149,6 M km²"
        if letter > number.end, text.isWord(letter, "M"), text.isSpace(letter + 1),
            text.isWord(letter + 2, "hab km t m kWh"),
            let unit = context.simpleUnit(at: letter + 2, isAttached: false), !text.isMark(unit.end, "'’")
        {
            context.say(number)
            context.say(context.language.isPlural(number) ? " millions" : " million")
            context.say(context.singular(of: unit).hasPrefix("h") ? " d'" : " de ")
            context.say(unit, isPlural: true)
            let isShort =
                text.isWord(letter + 2, "hab") && text.isMark(unit.end, ".") && !context.endsSentence(unit.end)
            return Reading(end: isShort ? unit.end + 1 : unit.end)
        }
        guard text.isSpace(letter + 1), text.isWord(letter), let scale = text.entry(letter, in: scales),
            text.isWord(letter + 2, "de") || text.isWord(letter + 2, "d") && text.isMark(letter + 3, "'’")
        else { return nil }
        context.say(number)
        context.say(" " + scale + (context.language.isPlural(number) ? "s" : ""))
        return Reading(end: letter + 1)
    }

    private static let scales: WordTable<String> = [
        "M": "million", "Md": "milliard", "Mds": "milliard", "Mrd": "milliard", "mds": "milliard",
    ]

    /// "27\"" of a screen.
    static let inches = Rule(before: [.pause, .otherMark, .innerStop], leadingTo: "\"″”") { context, index in
        let text = context.text
        guard let number = context.number(index), text.isMark(number.end, "\"″”") else { return nil }
        if !context.isFrench { return englishInches(context, index, number: number) }
        guard text.isSpace(index - 1),
            text.isWord(index - 2, inAnyCase: screens)
                || text.isWord(index - 2, "de en") && text.isWord(index - 4, inAnyCase: screens)
                || (10...100).contains(number.value) && context.isNear(computers, index, before: 8, behind: 0)
                    && !isQuoted(text, index)
        else { return nil }
        context.say(number)
        context.say(number.value > 1 ? " pouces" : " pouce")
        return Reading(end: number.end + 1)
    }

    /// "a 27\" monitor", "6\" wide", "The TV is 55\".": the mark may close a quotation.
    private static func englishInches(_ context: RuleContext, _ index: Int, number: WrittenNumber) -> Reading? {
        let text = context.text
        let end = number.end + 1
        guard text.isBorder(index - 1), text.isBorder(end) || text.isMark(end, ".,;:!?)") else { return nil }
        let isAdjective = text.isSpace(end) && text.isWord(end + 1, inAnyCase: sizedThings)
        guard
            isAdjective || text.isSpace(end) && text.isWord(end + 1, "wide tall long deep high thick")
                || context.isNear(sizedThings, index, before: 8, behind: 0) && !isQuoted(text, index)
        else { return nil }
        context.say(number)
        context.say(isAdjective || number.value == 1 ? " inch" : " inches")
        return Reading(end: end)
    }

    /// Whether a quotation was opened in front of a place.
    private static func isQuoted(_ text: TokenizedText, _ index: Int) -> Bool {
        (max(0, index - 60)..<index).contains { text.isMark($0, "\"“") && text.isBorder($0 - 1) }
    }

    /// "20 in. wide", "a 20 in. screen": without its full stop, and at the end of most sentences, "in" is another word.
    static let shortInches = Rule(before: [.space, .word], leadingTo: "i", in: .english) { context, index in
        let text = context.text
        guard let number = context.number(index), case let name = text.behindSpace(number.end),
            text.isWord(name, "in"), text.isMark(name + 1, ".")
        else { return nil }
        let next = text.behindSpace(name + 2)
        let before = text.isSpace(index - 1) ? text.word(index - 2)?.lowercased() ?? "" : ""
        let isLast = context.endsSentence(name + 1)
        guard isLast ? sizeVerbs.contains(before) : text.isSpace(name + 2) && text.isWord(next) else { return nil }
        let isAdjective = !isLast && (before == "a" || before == "an")
        context.say(number)
        context.say(context.language.isPlural(number) && !isAdjective ? " inches" : " inch")
        return Reading(end: isLast ? name + 1 : name + 2)
    }

    /// What has a size in inches: "27\" monitor".
    private static let sizedThings: WordSet = [
        "monitor", "monitors", "tv", "tvs", "television", "screen", "screens", "display", "displays", "laptop",
        "tablet",
        "wheel", "wheels", "rim", "rims", "tire", "tires", "bike", "pizza", "pizzas", "pan", "skillet", "pot", "pipe",
        "subwoofer", "blade", "board", "nails", "ruler", "cake", "tortillas", "ipad", "macbook", "imac", "sub", "shelf",
        "vinyl",
    ]
    private static let sizeVerbs: WordSet = ["is", "are", "was", "measures", "about", "by", "x"]

    private static let computers: WordSet = [
        "macbook", "imac", "ipad", "laptop", "pc", "ordinateur", "surface", "dell",
    ]
    private static let screens: WordSet = [
        "oled", "qled", "led", "lcd", "qned", "uhd",
        "écran", "écrans", "télé", "tv", "téléviseur", "moniteur", "tablette", "vélo", "roues", "roue", "pneus",
        "jante", "jantes",
        "dalle",
    ]

    /// "05 s" and "00 min", behind hours or minutes: elsewhere figures with a zero in front are a code.
    static let padded = Rule(
        at: "0", of: 2...9, before: [.space, .word, .pause], leadingTo: Unit.heads + "0123456789,"
    ) { context, index in
        let text = context.text
        // "012345 kWh" and "024 518 kWh" on a meter.
        let isGrouped =
            text.length(index) == 3 && text.isSingleSpace(index + 1) && text.isDigits(index + 2)
            && text.length(index + 2) == 3
        let whole = isGrouped ? index + 3 : index + 1
        // "012345,678 m³"
        let decimals = context.isFrench && text.isMark(whole, ",") ? text.figures(whole + 1) : nil
        let end = decimals == nil ? whole : whole + 2
        if isGrouped || (5...9).contains(text.length(index)), let first = text.value(index),
            let unit = context.unit(behind: end), metered.contains(context.singular(of: unit))
        {
            let value = isGrouped ? 1000 * first + (text.value(index + 2) ?? 0) : first
            let number = WrittenNumber(value: value, decimals: decimals ?? Figures(), end: end)
            context.say(number)
            context.say(" ")
            context.say(unit, isPlural: context.language.isPlural(number))
            return Reading(end: unit.end, isQuantity: true)
        }
        guard text.startsWithZero(index), let value = text.small(index, in: 0...59, digits: 2...2),
            let name = text.word(text.behindSpace(index + 1)), ["min", "mn", "s", "sec"].contains(name),
            let unit = context.unit(behind: index + 1)
        else { return nil }
        context.say(value, unit.name.isFeminine ? .feminine : .masculine)
        context.say(" ")
        context.say(unit, isPlural: value > 1 || value == 0 && !context.isFrench)
        return Reading(end: unit.end, isQuantity: true)
    }

    private static let metered: Set<String> = [
        "kilowattheure", "kilowatt-hour", "kilomètre", "kilometre", "litre", "mètre cube", "cubic metre",
    ]

    /// "6 x 1,5 L", "2 x 20 W" and "2 x 60 g/j" are not sizes, which have lengths.
    private static func isLength(_ name: String) -> Bool {
        lengths.contains(name) || ["carré", "cube", "pixel"].contains(where: name.hasSuffix)
            || name.hasPrefix("square ") || name.hasPrefix("cubic ")
    }
    private static let lengths = Unit.names(where: \.isLength)

    /// "x 2/j": how often a medicine is taken.
    static let doses = Rule(at: "x×", before: [.digits, .space], in: .french) { context, index in
        let text = context.text
        let place = text.behindSpace(index + 1)
        guard text.isMark(index, "×") || text.isWord(index, "x"), text.isBorder(index - 1),
            let count = text.small(place, in: 1...24), text.isMark(place + 1, "/"),
            let period = text.word(place + 2).flatMap({ doseTimes[$0] }), !text.isMark(place + 3, "/")
        else { return nil }
        context.say(count, .feminine)
        context.say(" fois par " + period)
        return Reading(end: place + 3)
    }

    private static let doseTimes = [
        "j": "jour", "jour": "jour", "sem": "semaine", "semaine": "semaine", "mois": "mois", "nuit": "nuit",
        "h": "heure", "an": "an",
    ]

    /// "Lait x6": how many.
    static let packs = Rule(at: "x×", before: [.digits, .space]) { context, index in
        let text = context.text
        let place = text.behindSpace(index + 1)
        guard text.isMark(index, "×") || text.isWord(index, "x"),
            index == 0 || text.isSpace(index - 1) || text.isMark(index - 1, "("),
            text.length(place) <= 3, let count = text.value(place), count > 1, !text.startsWithZero(place), count != 86,
            text.isBorder(place + 1) || text.isMark(place + 1, ",;)") && !text.isDigits(place + 2)
                || text.isMark(place + 1, ".") && text.isBorder(place + 2)
        else { return nil }
        if place > index + 1 {
            // "œufs x 6", "Gainage 45\" x 3", but neither "3 cases x 4 cases" nor "l'axe des x 2"
            guard !text.isWord(index - 2, inAnyCase: "axe des les variable chromosome place"),
                text.isWord(index - 2) && text.length(index - 2) > 2 && !text.isSpace(place + 1)
                    || text.isMark(index - 2, "\"″'’)"), !text.isDigits(index - 4), !context.isEquation(at: index)
            else { return nil }
            context.say(context.words.times)
            return Reading(end: index + 1)
        }
        // "(x12)", "x2 en 10 ans"
        guard
            text.isMark(index - 1, "(") || index == 0 && text.length(place + 2) > 1 && text.isWord(place + 2)
                || text.isMark(index - 2, "),\"″'’")
                || text.isWord(index - 2)
                    && (text.length(index - 2) > 2
                        || text.isAllCapitals(index - 2)
                        || (text.isDigits(index - 3) || text.isDigits(index - 4))
                            && text.entry(index - 2, in: Unit.symbols) != nil),
            !context.isEquation(at: index)
        else { return nil }
        context.say(context.words.times + " ")
        return Reading(end: index + 1)
    }

    /// "2x4", "10 × 15 cm", "3x": times, or by where it is a size.
    static let product = Rule(before: .ofQuantities, leadingTo: "xX×") { context, index in
        let text = context.text
        guard let number = context.number(index) else { return nil }
        let cross = text.behindSpace(number.end)
        guard text.isWord(cross, "x") || text.isWord(cross, "X") || text.isMark(cross, "×") else { return nil }
        let next = text.behindSpace(cross + 1)
        if let car = fourByFour(context, index, cross: cross) { return car }
        guard text.isDigits(next) else {
            let gap = cross == number.end ? "" : " "
            if text.isMark(cross + 1, "/"), let period = context.divisor(at: cross + 2) {
                context.say(number, .feminine)
                context.say(behindSpace: context.words.times)
                context.say(per: period)
                return Reading(end: period.end)
            }
            if gap.isEmpty, text.isWord(cross), context.isTerm(from: index, to: cross) {
                context.say(number)
                context.say(" ")
                return Reading(end: cross)
            }
            let isRate =
                text.word(next) == context.words.per
                || context.isFrench && text.isWord(next, "sans plus moins") && text.isSpace(cross + 1)
            // "6x(1' vite, 1' lente)"
            if gap.isEmpty, text.isMark(cross + 1, "("), text.isDigits(cross + 2),
                text.isMark(cross + 3, "'’′\"″") || context.unit(behind: cross + 3) != nil
            {
                context.say(number, .feminine)
                context.say(apart: context.words.times)
                return Reading(end: cross + 1)
            }
            // "en 3x.", "Squats 3x, pompes 4x"
            let isLast = text.isBorder(cross + 1) || text.isMark(cross + 1, ".,;!?") && text.isBorder(cross + 2)
            guard gap.isEmpty || isRate, isLast, isRate || !text.isMark(cross, "×") else { return nil }
            context.say(number, .feminine)
            context.say(behindSpace: context.words.times)
            return Reading(end: cross + 1)
        }
        // "9950X3D" is a name.
        if cross == number.end, next == cross + 1, text.isWord(cross, "X"), text.isWord(next + 1),
            context.unit(behind: next + 1) == nil
        {
            return nil
        }
        // A size has a unit behind its last number.
        var (last, steps) = (next, 0)
        while let side = context.number(last), steps < 3 {
            let more = text.behindSpace(side.end)
            steps += 1
            guard text.isWord(more, "x") || text.isMark(more, "×") else {
                let unit = context.unit(behind: side.end).map(context.singular)
                // "4×100 m" is run.
                let isRelay =
                    number.value == 4 && [50, 100, 200, 400].contains(side.value) && unit == "mètre"
                // "9x13-inch pan"
                let isOfInches =
                    !context.isFrench && context.isDash(side.end) && text.isWord(side.end + 1, "inch foot")
                let second = context.number(next) ?? side
                let isSize = Sizes.isSize(
                    context, from: index, to: second.end, cross: cross, sides: (number, second, side))
                let joint =
                    isOfInches || unit == nil && isSize || unit.map { isLength($0) && !isRelay } == true
                    ? context.words.by : context.words.times
                context.say(number)
                context.say(apart: joint)
                return Reading(end: next)
            }
            last = text.behindSpace(more + 1)
        }
        context.say(number)
        context.say(apart: context.words.by)
        return Reading(end: next)
    }
}
