import Foundation
import Testing
@testable import SpokenText

enum Fixtures {
    /// A line of a table.
    struct Row {
        var category: String
        var locale: SpokenLocale
        /// What stands before the arrow.
        var from: String
        /// What becomes of it.
        var to: String
    }

    /// Sentences of a household and how a person reads them; "⏎" in the file is the end of a line.
    static func household() throws -> [Row] {
        try rows("household.txt").map { row in
            var row = row
            row.from = row.from.replacing("⏎", with: "\n")
            row.to = row.to.replacing("⏎", with: "\n")
            return row
        }
    }

    /// Transcripts and how a person writes them; "~" in the file is a no-break space.
    static func transcripts() throws -> [Row] {
        try rows("transcripts.txt").map { row in
            var row = row
            row.to = row.to.replacing("~", with: "\u{A0}")
            return row
        }
    }

    /// Lines "from → to" below lines "# category"; a category may name its locale behind a comma.
    private static func rows(_ name: String) throws -> [Row] {
        var (category, locale) = ("", SpokenLocale.france)
        return try text(name).split(separator: "\n").compactMap { line in
            if line.hasPrefix("# ") {
                let fields = line.dropFirst(2).split(separator: ",")
                category = String(fields[0])
                locale = fields.count > 1 ? SpokenLocale(String(fields[1].drop { $0 == " " })) ?? .france : .france
                return nil
            }
            let halves = line.split(separator: " → ", maxSplits: 1)
            guard halves.count == 2 else {
                Issue.record("\(name): \(line) has nothing behind an arrow.")
                return nil
            }
            return Row(category: category, locale: locale, from: String(halves[0]), to: String(halves[1]))
        }
    }

    static func text(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/" + name, withExtension: nil))
        return try String(contentsOf: url, encoding: .utf8)
    }
}
