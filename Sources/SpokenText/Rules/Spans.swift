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
}
