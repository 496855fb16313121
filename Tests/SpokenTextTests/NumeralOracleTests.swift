import Testing
@testable import SpokenText

/// Numerals up to a million, in blocks of ten thousand, against those of ICU (Tools/spoken_text/icu_spellout.c).
/// Tools/spoken_text/oracle.sh compares them all, word for word.
@Suite(.timeLimit(.minutes(10))) struct NumeralOracleTests {
    @Test(arguments: ["fr", "fr_BE", "fr_CH", "en"])
    func numeralsAreThoseOfICU(_ locale: String) throws {
        var sets = 0
        for (name, digests) in try Self.sets(of: locale) {
            sets += 1
            try #require(digests.count == 100)
            for (block, digest) in digests.enumerated() where block < 2 || block % 11 == 8 || block == 99 {
                #expect(
                    Self.digest(of: block, locale: locale, set: name) == digest,
                    "\(locale) \(name), \(block)0,000 and on")
            }
        }
        #expect(sets == (locale == "en" ? 2 : 3))
    }

    private static func sets(of locale: String) throws -> [(String, [String])] {
        var found: [(String, [String])] = []
        var isWanted = false
        for line in try Fixtures.text("icu-numerals.txt").split(separator: "\n") {
            if let space = line.firstIndex(of: " ") {
                isWanted = line[..<space] == locale
                if isWanted { found.append((String(line[line.index(after: space)...]), [])) }
            } else if isWanted {
                found[found.count - 1].1.append(String(line))
            }
        }
        return found
    }

    private static func digest(of block: Int, locale: String, set: String) -> String {
        let spoken = SpokenLocale(locale) ?? .english
        let language = spoken.language
        let (isOrdinal, gender) = (set.contains("ordinal"), set.contains("feminine") ? Gender.feminine : .masculine)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for number in UInt64(block * 10_000)..<UInt64((block + 1) * 10_000) {
            if isLeftOut(number, of: spoken, isOrdinal: isOrdinal) { continue }
            let text = isOrdinal ? language.ordinal(number, gender) : language.cardinal(number, gender)
            for byte in text.utf8 { hash = (hash ^ UInt64(byte == 0x2D ? 0x20 : byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0x0A) &* 0x100_0000_01b3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What ICU has wrong.
    private static func isLeftOut(_ number: UInt64, of locale: SpokenLocale, isOrdinal: Bool) -> Bool {
        let end = number % 100
        if locale != .english, isOrdinal, end == 81 || end == 91 || number > 100 && (end == 1 || end == 11) {
            return true
        }
        return locale == .belgium && number / 1000 % 100 == 80
    }

    @Test(arguments: [
        (81, "quatre-vingt-unième"), (91, "quatre-vingt-onzième"), (101, "cent unième"), (111, "cent onzième"),
        (1, "premier"), (1_000_000, "millionième"), (80, "quatre-vingtième"), (200, "deux centième"),
    ])
    func whatTheOracleHasWrongIsRight(_ number: UInt64, _ spoken: String) {
        #expect(French(locale: .france).ordinal(number, .masculine) == spoken)
    }
}
