extension String {
    /// The text as espeak-ng reads it best.
    ///
    /// To the library no-break spaces are no white space: French texts have them before "!" and within numbers, so that it misses the
    /// end of "« Oui ! »" and reads 12 345 as two numbers. And empty lines at the end would take the last sentence's melody away.
    var preparedForEspeak: String {
        var scalars = String.UnicodeScalarView()
        scalars.append(
            contentsOf: trimmed.unicodeScalars.map { "\u{A0}\u{2007}\u{202F}".unicodeScalars.contains($0) ? " " : $0 })
        return String(scalars)
    }
}
