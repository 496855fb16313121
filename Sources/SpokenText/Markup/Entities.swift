/// Characters by their names in HTML.
enum Entities {
    private static let names: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "eacute": "é", "egrave": "è",
        "ecirc": "ê", "euml": "ë",
        "agrave": "à", "acirc": "â", "ccedil": "ç", "icirc": "î", "iuml": "ï", "ocirc": "ô", "ugrave": "ù",
        "ucirc": "û", "oelig": "œ",
        "Eacute": "É", "Egrave": "È", "Agrave": "À", "Ccedil": "Ç", "laquo": "«", "raquo": "»", "hellip": "…",
        "rsquo": "’", "lsquo": "‘",
        "ldquo": "“", "rdquo": "”", "ndash": "–", "mdash": "—", "deg": "°", "euro": "€", "pound": "£", "copy": "©",
        "reg": "®", "times": "×",
        "divide": "÷", "plusmn": "±", "frac12": "½", "frac14": "¼", "frac34": "¾", "sup2": "²", "sup3": "³",
        "micro": "µ", "middot": "·", "minus": "−",
    ]

    /// - Parameter name: between the ampersand and the semicolon: "eacute", "#233", "#xE9".
    static func scalar(_ name: String) -> Unicode.Scalar? {
        guard name.hasPrefix("#") else { return names[name] }
        let digits = name.dropFirst()
        let isHex = digits.first == "x" || digits.first == "X"
        guard let value = UInt32(isHex ? digits.dropFirst() : digits, radix: isHex ? 16 : 10), value >= 0x20 else {
            return nil
        }
        return Unicode.Scalar(value)
    }
}
