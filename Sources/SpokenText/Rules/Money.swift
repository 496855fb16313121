/// Amounts.
enum Money {
    /// "12,50 €", "12€50", "3 M€", "20 CHF", "5 €/mois".
    static let amount = Rule { context, index in
        let text = context.text
        guard var number = context.number(index) else { return nil }
        var sign = text.behindSpace(number.end)
        var scale: Scale?
        if let found = context.scale(at: sign) { (scale, sign) = (found.scale, found.end) }
        guard let currency = context.currency(at: sign) else { return nil }
        var end = currency.end
        if context.isFrench, !number.isNative, number.fraction.utf8.count == 3 {
            // "1.250 €": with an amount, a full stop before three figures parts thousands.
            number.value = number.value * 1000 + (UInt64(number.fraction) ?? 0)
            number.fraction = ""
        }
        if number.isInteger, end == sign + 1, text.length(end) == 2, text.isDigits(end), scale == nil,
            !text.isMark(end + 1, "/:-")
        {
            number.fraction = text.string(end)
            end += 1
        }
        return finish(context.language.money(number, currency.currency, scale: scale), in: context, end: end)
    }

    /// "$5", "€ 3.50", "$3.5 million".
    static let signFirst = Rule(at: "€$£¥₿") { context, index in
        let text = context.text
        guard text.isMark(index, "€$£¥₿"), let currency = context.currency(at: index) else { return nil }
        guard let number = context.number(text.behindSpace(index + 1)) else { return nil }
        var (end, scale) = (number.end, Scale?.none)
        if let found = context.scale(at: text.behindSpace(end)) { (scale, end) = (found.scale, found.end) }
        return finish(context.language.money(number, currency.currency, scale: scale), in: context, end: end)
    }

    private static func finish(_ words: String, in context: RuleContext, end: Int) -> Reading {
        guard context.text.isMark(end, "/"), let divisor = context.divisor(at: end + 1) else {
            return Reading(end: end, words: words, isQuantity: true)
        }
        return Reading(
            end: divisor.end, words: words + " " + context.words.per + " " + divisor.singular, isQuantity: true)
    }
}

extension RuleContext {
    fileprivate func currency(at index: Int) -> (currency: Currency, end: Int)? {
        if let word = text.word(index) {
            guard text.length(index) == 3, let name = MoneyTables.codes[word] else { return nil }
            return language.currencies[name].map { ($0, index + 1) }
        }
        guard text.isMark(index, "€$£¥₿") else { return nil }
        return language.currencies[text.string(index)].map { ($0, index + 1) }
    }

    /// The letters between a number and its currency, or the word behind it in English.
    fileprivate func scale(at index: Int) -> (scale: Scale, end: Int)? {
        guard text.isWord(index),
            let (value, name) = text.entry(index, in: isFrench ? MoneyTables.french : MoneyTables.english)
        else { return nil }
        return (Scale(value: value, singular: name, plural: name == "mille" ? name : name + "s"), index + 1)
    }
}

private enum MoneyTables {
    static let codes = ["EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CHF": "CHF"]
    static let french: WordTable<(UInt64, String)> = [
        "k": (1000, "mille"), "K": (1000, "mille"), "M": (1_000_000, "million"), "Md": (1_000_000_000, "milliard"),
        "Mds": (1_000_000_000, "milliard"), "Mrd": (1_000_000_000, "milliard"),
    ]
    static let english: WordTable<(UInt64, String)> = [
        "k": (1000, "thousand"), "K": (1000, "thousand"), "M": (1_000_000, "million"), "B": (1_000_000_000, "billion"),
        "bn": (1_000_000_000, "billion"), "million": (1_000_000, "million"), "billion": (1_000_000_000, "billion"),
        "thousand": (1000, "thousand"), "trillion": (1_000_000_000_000, "trillion"),
    ]
}
