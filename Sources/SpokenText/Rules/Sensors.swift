/// What devices write for people.
enum Sensors {
    /// "19.5 °C" and "20.0 °C" in a French text: the mark of decimals is said as French says it, and ".0" not at all.
    static func native(_ number: WrittenNumber) -> WrittenNumber {
        guard !number.isNative, !number.isInteger else { return number }
        var number = number
        number.isNative = true
        if number.decimals.value == 0 { number.decimals = Figures() }
        return number
    }

    /// "12 km / h", "10 € / h": the end of a period behind a slash with spaces around it.
    static func spacedPeriod(in text: TokenizedText, behind end: Int) -> (name: String, end: Int)? {
        guard text.isSpace(end), text.isMark(end + 1, "/"), text.isSpace(end + 2) else { return nil }
        if text.isWord(end + 3, "h"), !text.isMark(end + 4, "'’") { return ("heure", end + 4) }
        if text.isWord(end + 3, "s"), !text.isMark(end + 4, "'’") { return ("seconde", end + 4) }
        return nil
    }
}
