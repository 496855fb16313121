/// Amounts.
enum Money {
    /// "12,50 €", "12€50", "3 M€", "20 CHF", "5 €/mois".
    static let amount = Rule(before: .ofQuantities, leadingTo: "€$£¥₿¢EUGJCkKMfFl./", in: .french, read)
    static let englishAmount = Rule(before: .ofQuantities, leadingTo: "€$£¥₿¢EUGJCkKMBbmt", in: .english, read)

    @Sendable private static func read(_ context: RuleContext, _ index: Int) -> Reading? {
        let text = context.text
        guard var number = context.number(index) else { return nil }
        var sign = text.behindSpace(number.end)
        var scale: Scale?
        if let found = context.scale(at: sign) {
            let behind = text.behindSpace(found.end)
            // "3 M €", but "5 k 20 €" is not an amount of thousands.
            if context.currency(at: behind) != nil { (scale, sign) = (found.scale, behind) }
        }
        if text.isMark(sign, "¢") {
            context.say(number)
            context.say(context.language.isPlural(number) ? " cents" : " cent")
            return Reading(end: sign + 1, isQuantity: true)
        }
        guard let currency = context.currency(at: sign) else { return context.swiss(number) }
        var end = currency.end
        number = context.amount(number)
        if number.isInteger, end == sign + 1, text.length(end) == 2, text.isDigits(end), scale == nil,
            !text.isMark(end + 1, "/:-")
        {
            number.decimals = text.figures(end) ?? Figures()
            end += 1
        }
        context.say(number, of: currency.currency, scale: scale)
        return finish(in: context, end: end)
    }

    /// "95,- €"
    static let whole = Rule(before: [.pause, .space, .stop], leadingTo: ",", in: .french) { context, index in
        let text = context.text
        guard let number = context.number(index), number.isInteger, text.isMark(number.end, ","),
            text.isMark(number.end + 1, "-–—"),
            let currency = context.currency(at: text.behindSpace(number.end + 2))
        else { return nil }
        context.say(number, of: currency.currency)
        return finish(in: context, end: currency.end)
    }

    /// "-.95" and "–.90" of a Swiss shop.
    static let cents = Rule(at: "-–−", before: .stop, in: .french) { context, index in
        guard context.text.isBorder(index - 1), let cents = context.swissCents(index) else { return nil }
        return cents
    }

    /// "$5", "€ 3.50", "$3.5 million".
    static let signFirst = Rule(at: "€$£¥₿") { context, index in
        let text = context.text
        guard text.isMark(index, "€$£¥₿"), let currency = context.currency(at: index) else { return nil }
        guard let number = context.number(text.behindSpace(index + 1)).map(context.amount) else {
            return below(currency.currency, in: context, at: index)
        }
        if let reading = range(from: number, currency.currency, mark: text.mark(index), in: context) { return reading }
        var (end, scale) = (number.end, Scale?.none)
        if let found = context.scale(at: text.behindSpace(end)) { (scale, end) = (found.scale, found.end) }
        // "A $5 bill"
        if !context.isFrench, number.isInteger, scale == nil, text.isSpace(index - 1),
            text.isWord(index - 2, inAnyCase: "a an"), text.isSpace(end), text.isWord(end + 1),
            !text.isWord(end + 1, "a an per for or and to")
        {
            context.say(number.value)
            context.say(behindSpace: currency.currency.singular)
            return Reading(end: end, isQuantity: true)
        }
        context.say(number, of: currency.currency, scale: scale)
        return finish(in: context, end: end)
    }

    /// "$-5", "$.50".
    private static func below(_ currency: Currency, in context: RuleContext, at index: Int) -> Reading? {
        let text = context.text
        guard text.isBorder(index - 1) || text.isMark(index - 1, "(-−–+") else { return nil }
        if text.isMark(index + 1, "-−"), let number = context.number(index + 2), context.scale(at: number.end) == nil {
            context.say(context.words.minus + " ")
            context.say(number, of: currency)
            return finish(in: context, end: number.end)
        }
        guard !context.isFrench, text.isMark(index + 1, "."), text.length(index + 2) == 2, text.isDigits(index + 2)
        else { return nil }
        let cents = text.figures(index + 2) ?? Figures()
        context.say(WrittenNumber(value: 0, decimals: cents, end: index + 3), of: currency)
        return finish(in: context, end: index + 3)
    }

    /// "$10-$15" is said as "ten to fifteen dollars".
    private static func range(
        from low: WrittenNumber, _ currency: Currency, mark: Unicode.Scalar?, in context: RuleContext
    ) -> Reading? {
        guard context.isDash(low.end), let mark, context.text.mark(low.end + 1) == mark,
            let high = context.number(low.end + 2), low.isInteger, high.isInteger, context.scale(at: high.end) == nil
        else { return nil }
        context.say(low.value, currency.gender)
        context.say(apart: context.words.to)
        context.say(high, of: currency)
        return finish(in: context, end: high.end)
    }

    /// "CHF 95.-", "EUR 20", and in Switzerland "Fr. 12.50".
    static let codeFirst = Rule(at: "CEFGJU", of: 2...3, before: [.space, .stop]) { context, index in
        let text = context.text
        var place = index + 1
        var currency = context.currency(at: index)?.currency
        if context.vocabulary.isSwiss, text.isWord(index, "Fr"), text.isMark(place, ".") {
            (currency, place) = (context.vocabulary.currencies[Currencies.franc], place + 1)
        }
        if text.isSpace(place), let cents = context.swissCents(place + 1) { return cents }
        guard let currency, text.isSpace(place), let number = context.number(place + 1) else { return nil }
        // The number may be the one of another currency behind it.
        if let unit = context.currency(at: text.behindSpace(number.end)), unit.end > 0 { return nil }
        context.say(context.amount(number), of: currency)
        return finish(in: context, end: context.endOfWholeAmount(number.end) ?? number.end)
    }

    /// Goes on behind an amount.
    fileprivate static func finish(in context: RuleContext, end: Int) -> Reading {
        // "9,99 €/mois", "9,99 € / mois"
        if context.isFrench, let period = Sensors.spacedPeriod(in: context.text, behind: end) {
            context.say(per: period.name)
            return Reading(end: period.end, isQuantity: true)
        }
        let (slash, isSpaced) = (context.text.behindSpace(end), context.text.isSpace(end))
        let behind = isSpaced ? context.text.behindSpace(slash + 1) : slash + 1
        if context.isFrench, context.text.isMark(slash, "/"),
            let many = many(at: behind, isSpaced: isSpaced, in: context)
        {
            context.say(many.words)
            return Reading(end: many.end, isQuantity: true)
        }
        guard context.text.isMark(slash, "/"), context.text.length(behind) > 1 || !isSpaced,
            let divisor = context.divisor(at: behind)
        else { return Reading(end: end, isQuantity: true) }
        context.say(per: divisor)
        // "20 €/nuit/pers."
        if context.isFrench, context.text.isMark(divisor.end, "/"),
            let other = context.divisor(at: divisor.end + 1)
        {
            context.say(" et")
            context.say(per: other)
            return Reading(end: other.end, isQuantity: true)
        }
        return Reading(end: divisor.end, isQuantity: true)
    }

    /// "10 €/100 g", "2 €/100 km": of how much an amount is the price, behind its slash.
    private static func many(
        at index: Int, isSpaced: Bool, in context: RuleContext
    ) -> (words: String, end: Int)? {
        let text = context.text
        guard let count = text.small(index, in: 2...1000, digits: 1...4),
            let name = text.entry(
                text.behindSpace(index + 1), in: Unit.symbols),
            name.isAmount && !isSpaced || count == 100, let unit = context.unit(behind: index + 1),
            !text.isMark(unit.end, "/")
        else { return nil }
        let joint = text.isWord(unit.end - 1, "km") ? " aux " : " les "
        return (
            joint + context.language.cardinal(count, unit.name.isFeminine ? .feminine : .masculine) + " "
                + context.name(of: unit, isPlural: true),
            unit.end
        )
    }
}

extension RuleContext {
    /// "1.250 €": with an amount in French, a full stop before three figures parts thousands.
    fileprivate func amount(_ number: WrittenNumber) -> WrittenNumber {
        guard isFrench, !number.isNative, number.decimals.count == 3, number.value > 0 else { return number }
        return WrittenNumber(value: number.value * 1000 + number.decimals.value, end: number.end)
    }

    /// The end of ".-" and ".–" behind an amount without hundredths.
    fileprivate func endOfWholeAmount(_ index: Int) -> Int? {
        guard text.isMark(index, "."), text.isMark(index + 1, "-–—"), !text.isDigits(index + 2), !text.isWord(index + 2)
        else {
            return nil
        }
        // "1'000.--", "10.- Fr"
        let end = text.isMark(index + 2, "-–") ? index + 3 : index + 2
        return text.isSpace(end) && text.isWord(end + 1, "Fr CHF fr") ? end + 2 : end
    }

    /// "-.95"
    fileprivate func swissCents(_ index: Int) -> Reading? {
        guard vocabulary.isSwiss, text.isMark(index, "-–−"), text.isMark(index + 1, "."), text.length(index + 2) == 2,
            let cents = text.figures(index + 2), text.isBorder(index + 3) || text.isMark(index + 3, ".,;:!?)"),
            let franc = vocabulary.currencies[Currencies.franc]
        else { return nil }
        say(WrittenNumber(value: 0, decimals: cents, end: index + 3), of: franc)
        return Reading(end: index + 3, isQuantity: true)
    }

    /// "95.-" without a currency, "3.95/kg", "2.85/100 g", "4.90 la pièce".
    fileprivate func swiss(_ number: WrittenNumber) -> Reading? {
        guard vocabulary.isSwiss, let franc = vocabulary.currencies[Currencies.franc] else { return nil }
        let isPrice =
            text.isMark(number.end, "/")
            ? text.isWord(number.end + 1, "kg L l pièce")
                || text.value(number.end + 1) == 100 && unit(behind: number.end + 2) != nil
            : text.isSpace(number.end) && text.isWord(number.end + 1, "la le les")
                && text.isWord(number.end + 3, in: MoneyTables.sold)
        if number.decimals.count == 2, isPrice {
            say(number, of: franc)
            return Money.finish(in: self, end: number.end)
        }
        guard let end = endOfWholeAmount(number.end) else { return nil }
        say(number, of: franc)
        return Money.finish(in: self, end: end)
    }

    fileprivate func currency(at index: Int) -> (currency: Currency, end: Int)? {
        if text.isWord(index) {
            if vocabulary.isSwiss, text.isWord(index, in: MoneyTables.francs), text.isDigits(index - 2),
                text.isSpace(index - 1)
            {
                // "12.50 fr."
                let isShort = text.length(index) < 4 && text.isMark(index + 1, ".") && !endsSentence(index + 1)
                return vocabulary.currencies[Currencies.franc].map { ($0, isShort ? index + 2 : index + 1) }
            }
            guard let sign = text.entry(index, in: MoneyTables.codes) else { return nil }
            return vocabulary.currencies[sign].map { ($0, index + 1) }
        }
        guard text.isMark(index, "€$£¥₿"), let sign = text.mark(index) else { return nil }
        return vocabulary.currencies[sign].map { ($0, index + 1) }
    }

    /// The letters between a number and its currency, or the word behind it in English.
    fileprivate func scale(at index: Int) -> (scale: Scale, end: Int)? {
        guard text.isWord(index) else { return nil }
        let scale = isFrench ? text.entry(index, in: MoneyTables.french) : text.entry(index, in: MoneyTables.english)
        return scale.map { ($0, index + 1) }
    }
}

private enum MoneyTables {
    /// Of how much a price is.
    static let sold: WordSet = [
        "pièce", "kilo", "kg", "litre", "bouteille", "paquet", "botte", "barquette", "boîte", "sac", "mètre", "portion",
    ]
    static let francs: WordSet = ["fr", "Fr", "frs", "Frs", "francs"]
    static let codes: WordTable<Unicode.Scalar> = [
        "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": Currencies.franc,
    ]
    static let french: WordTable<Scale> = {
        let (thousand, million) = (Scale(1000, "mille", plural: "mille"), Scale(1_000_000, "million"))
        let milliard = Scale(1_000_000_000, "milliard")
        return ["k": thousand, "K": thousand, "M": million, "Md": milliard, "Mds": milliard, "Mrd": milliard]
    }()
    static let english: WordTable<Scale> = {
        let (thousand, million) = (Scale(1000, "thousand"), Scale(1_000_000, "million"))
        let (billion, trillion) = (Scale(1_000_000_000, "billion"), Scale(1_000_000_000_000, "trillion"))
        return [
            "k": thousand, "K": thousand, "thousand": thousand, "m": million, "M": million, "million": million,
            "B": billion, "bn": billion, "billion": billion, "trillion": trillion,
        ]
    }()
}
