/// Two numbers beside a slash that lead from one to the other.
enum Spans {
    /// "90/100 km/h", "800/900 m", "20/25 €", but "3/4 L", "2/3 tasse" and "5/10 mm".
    static func isMeasured(_ context: RuleContext, from low: WrittenNumber, to high: WrittenNumber) -> Bool {
        if context.text.isMark(context.text.behindSpace(high.end), "€") { return low.value > 4 }
        guard let unit = context.unit(behind: high.end) else { return false }
        let name = context.singular(of: unit)
        // "Neige : 0/5 cm"
        if low.value == 0 { return name.hasSuffix("mètre") }
        guard name != "point", name != "millimètre" else { return false }
        return low.value > 4 || name == "mètre" && (low.value, high.value) != (3, 4)
    }

    /// "1/2 comprimés": one or two of them.
    static let taken: WordSet = [
        "comprimés", "gouttes", "gélules", "sachets", "cachets", "bouffées", "pulvérisations", "dosettes",
    ]

    /// "3 fois / jour", "1 ampoule/3 mois", "250 mg / 8 h", "1 dose / 100 ml": what a slash is behind something that is taken or done.
    ///
    /// - Returns: what is said, and where it ends; nil where two things stand beside each other: "2 adultes / 3 jours".
    static func rate(_ context: RuleContext, of noun: Int, by right: Int) -> (words: String, end: Int)? {
        let text = context.text
        guard context.isFrench, text.isWord(noun), text.isDigits(text.isSpace(noun - 1) ? noun - 2 : noun - 1) else {
            return nil
        }
        if let period = text.entry(right, in: periods) {
            let isClosed = text.isBorder(right + 1) || text.isMark(right + 1, ".,;:!?)")
            return isClosed && !text.isWord(right + 2) && text.entry(noun, in: times) == nil
                ? ("par " + period, right + 1) : nil
        }
        guard text.isWord(noun, inAnyCase: dosed), let count = context.number(right), count.isInteger,
            case let name = text.behindSpace(count.end)
        else { return nil }
        if let every = text.entry(name, in: times) { return (count.value > 1 ? every : "par", right) }
        guard let unit = context.unit(behind: count.end).map(context.singular) else { return nil }
        return unit.hasSuffix("litre") || unit.hasSuffix("gramme") ? ("pour", right) : nil
    }

    private static let periods: WordTable<String> = [
        "j": "jour", "jour": "jour", "sem": "semaine", "semaine": "semaine", "mois": "mois", "an": "an", "nuit": "nuit",
    ]
    /// What is said before several of them.
    private static let times: WordTable<String> = {
        let (masculine, feminine) = ("tous les", "toutes les")
        return [
            "h": feminine, "heure": feminine, "heures": feminine, "nuit": feminine, "nuits": feminine, "sem": feminine,
            "semaine": feminine, "semaines": feminine, "j": masculine, "jour": masculine, "jours": masculine,
            "mois": masculine, "an": masculine, "ans": masculine,
        ]
    }()
    private static let dosed: WordSet = WordSet(
        """
        mg g µg ml cp ui gél fois ampoule ampoules injection injections comprimé comprimés cachet cachets gélule gélules \
        capsule capsules sachet sachets dose doses dosette dosettes goutte gouttes bouffée bouffées piqûre piqûres patch \
        patchs perfusion perfusions pulvérisation pulvérisations cuillère cuillères cuillerée cuillerées prise prises \
        application applications suppositoire suppositoires vaccination rappel séance séances visite visites contrôle \
        bouchon bouchons mesure mesures
        """)
}
