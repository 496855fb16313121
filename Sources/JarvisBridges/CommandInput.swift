import ArgumentParser
import BridgeSupport
import Foundation

/// How the commands read and write standard input and files.
enum CommandInput {
    /// All of standard input as text, which must not be blank.
    static func text() throws -> String {
        let data = try FileHandle.standardInput.readToEnd() ?? Data()
        guard let text = String(data: data, encoding: .utf8) else {
            throw ServiceError(.invalidRequest, "Standard input is not UTF-8 text.")
        }
        guard hasText(text) else { throw ServiceError(.invalidRequest, "Standard input holds no text.") }
        return text.trimmingCharacters(in: .newlines)
    }

    /// Whether a text stands for standard input; after "--" it stands for itself.
    static func isStandardInput(_ text: String) -> Bool { text == "-" && !CommandLine.arguments.contains("--") }

    static let noModel = "--model is empty: name a model, or leave it out for the default."

    static func hasText(_ text: String) -> Bool { text.contains { !$0.isWhitespace } }

    /// - Throws: the exit with 64, naming the option, if its value is not in `range`. NaN is in no range.
    static func check<N: Comparable>(_ value: N?, in range: ClosedRange<N>, _ option: String) throws {
        guard let value, !range.contains(value) else { return }
        let (lowest, highest, given) = (short(range.lowerBound), short(range.upperBound), short(value))
        throw ValidationError("\(option) must be between \(lowest) and \(highest), not \(given).")
    }

    /// Writes 10.0 as 10.
    private static func short(_ number: some Any) -> String { "\(number)".replacing(/\.0$/, with: "") }

    /// Options whose values are numbers or texts, which may begin with a dash.
    private static let takingDashes: Set<String> = [
        "--beam", "--max-tokens", "--port", "--prompt", "--sample-rate", "--silence", "--speaker", "--speed",
        "--system", "--temperature", "--volume",
    ]

    /// Options without a value, of the commands that take texts.
    private static let flags: Set<String> = ["--json", "--help", "-h"]

    /// Rearranges the words of a command line so that a text that begins with a dash without being an option, such as "-5 degrés", is taken
    /// for a text: it is joined to the option whose value it is, or else placed after a "--", which marks it as text. Options begin with a
    /// letter.
    static func textLast(_ words: [String]) -> [String] {
        let isText = { (word: String) in
            word.wholeMatch(of: /-[^-A-Za-z].*/.dotMatchesNewlines()) != nil
        }
        guard !words.contains("--") else { return words }
        let words = words.reduce(into: [String]()) { joined, word in
            if isText(word), let option = joined.last, takingDashes.contains(option) {
                joined[joined.count - 1] = "\(option)=\(word)"
            } else {
                joined.append(word)
            }
        }
        guard let first = words.firstIndex(where: isText) else { return words }
        var (options, texts, isValue) = ([String](), [String](), false)
        for word in words[first...] {
            if isValue || word.hasPrefix("-") && word != "-" && !isText(word) {
                options.append(word)
                isValue = !isValue && !word.contains("=") && !flags.contains(word)
            } else {
                texts.append(word)
            }
        }
        return words[..<first] + options + ["--"] + texts
    }

    /// All of standard input.
    static func bytes() throws -> [UInt8] {
        [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
    }

    /// Writes a file in one step, so that an error leaves the old one; "-" is standard output. Devices and pipes are written to rather
    /// than replaced.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let data = Data(bytes)
        let url = URL(filePath: path).resolvingSymlinksInPath()
        do {
            if path == "-" {
                try Terminal.write(data)
            } else if isSpecial(url) {
                try FileHandle(forWritingTo: url).write(contentsOf: data)
            } else {
                try data.write(to: url, options: .atomic)
            }
        } catch  where path != "-" {
            throw OutputFailure.error(error, to: path)
        }
    }

    /// Whether something exists there that is not a regular file, and must not be replaced by a new one.
    private static func isSpecial(_ url: URL) -> Bool {
        guard let type = try? FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType else {
            return false
        }
        return type != .typeRegular && type != .typeDirectory
    }
}
