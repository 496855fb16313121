import Foundation

// numerals LOCALE SET FROM TO: a line "number words" for each number, with hyphens as spaces, as icu_spellout.c writes them.
let arguments = CommandLine.arguments
guard arguments.count == 5, let locale = SpokenLocale(arguments[1]), let first = UInt64(arguments[3]),
    let end = UInt64(arguments[4]), first <= end
else {
    FileHandle.standardError.write(
        Data("Usage: numerals LOCALE SET FROM TO, as in: numerals fr_BE %spellout-cardinal-feminine 0 100\n".utf8))
    exit(64)
}
let (language, set) = (locale.language, arguments[2])
let (isOrdinal, gender) = (set.contains("ordinal"), set.contains("feminine") ? Gender.feminine : .masculine)
var lines: [UInt8] = []
for number in first..<end {
    let words = isOrdinal ? language.ordinal(number, gender) : language.cardinal(number, gender)
    lines += "\(number) ".utf8
    for byte in words.utf8 { lines.append(byte == 0x2D ? 0x20 : byte) }
    lines.append(0x0A)
    if lines.count > 1 << 20 || number == end - 1 {
        try FileHandle.standardOutput.write(contentsOf: lines)
        lines.removeAll(keepingCapacity: true)
    }
}
