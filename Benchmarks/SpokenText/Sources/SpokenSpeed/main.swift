import Foundation
import SpokenText

// Usage: SpokenSpeed LANGUAGE FILE SECONDS [written|lexicon]. Puts texts into words, with "lexicon" by the largest lexicon that a house may
// have, or with "written" transcripts into figures. Prints the megabytes a second of the whole file, and the milliseconds of an average and
// of the slowest line, each in processor time. A line of a table is what stands before its arrow.
let arguments = CommandLine.arguments
let mode = arguments.count == 5 ? arguments[4] : nil
guard arguments.count == 4 || mode == "written" || mode == "lexicon", let seconds = Double(arguments[3]),
    let text = try? String(contentsOfFile: arguments[2], encoding: .utf8)
else {
    FileHandle.standardError.write(
        Data("Usage: SpokenSpeed LANGUAGE FILE SECONDS [written|lexicon]; the file must be a text in UTF-8.\n".utf8))
    exit(64)
}
let locale = SpokenLocale(arguments[1])
let lexicon = mode == "lexicon" ? LexiconReader(try largestLexicon(), language: arguments[1]) : nil
let lines = text.split(separator: "\n").filter { !$0.hasPrefix("# ") }
    .map { line in line.range(of: " → ").map { String(line[..<$0.lowerBound]) } ?? String(line) }
let whole = lines.joined(separator: "\n")

func processorTime() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

func convert(_ text: String) -> String {
    mode == "written" ? WrittenText(text, locale: locale).text : SpokenText(text, locale: locale, lexicon: lexicon).text
}

/// Of what it has, three words and two patterns are in the texts.
func largestLexicon() throws -> Lexicon {
    let (words, patterns) = (Lexicon.maximumEntries - Lexicon.maximumOpenEntries, Lexicon.maximumOpenEntries)
    let used = ["Camille", "chauffage", "Mme Martin"].map { Lexicon.Entry(match: $0, say: "le nom") }
    let usedPatterns = ["salad*", "*zaire"].map { Lexicon.Entry(match: $0, say: "le nom") }
    return try Lexicon(
        used + usedPatterns + (used.count..<words).map { .init(match: "nom\($0)", say: "x") }
            + (usedPatterns.count..<patterns).map { .init(match: $0 % 2 == 0 ? "*nom\($0)" : "pre\($0)*", say: "x") })
}

var length = 0
/// The time of one run, after one that doesn't count.
func time(_ texts: [String], for seconds: Double) -> Double {
    for text in texts { length += convert(text).utf8.count }
    let start = processorTime()
    var (runs, spent) = (0, 0.0)
    repeat {
        for text in texts { length += convert(text).utf8.count }
        runs += 1
        spent = processorTime() - start
    } while spent < seconds
    return spent / Double(runs)
}

let rate = Double(whole.utf8.count) / time([whole], for: seconds) / 1e6
let average = time(lines, for: seconds) / Double(lines.count) * 1000
let slowest = lines.map { time([$0], for: seconds / 200) }.max() ?? 0
print(String(format: "%.1f %.4f %.4f", rate, average, slowest * 1000))
exit(length > 0 ? 0 : 1)
