import BridgeSupport
import Foundation

/// Standard input and files as the commands read and write them.
enum CommandInput {
    /// All of standard input as text.
    static func text() throws -> String {
        let data = try FileHandle.standardInput.readToEnd() ?? Data()
        guard let text = String(data: data, encoding: .utf8) else {
            throw ServiceError(.invalidRequest, "Standard input is not UTF-8 text.")
        }
        return text.trimmingCharacters(in: .newlines)
    }

    /// The words of a command line with what begins with a dash and is no option, such as "-5 degrés", behind a "--", which tells
    /// that it is the text. Options begin with a letter.
    ///
    /// - Parameter commands: the names of those that take texts.
    static func textLast(_ words: [String], of commands: Set<String>) -> [String] {
        let isText = { (word: String) in
            word.wholeMatch(of: /-[^-A-Za-z].*/.dotMatchesNewlines()) != nil
        }
        guard let name = words.first, commands.contains(name), !words.contains("--") else { return words }
        guard let first = words.firstIndex(where: isText) else { return words }
        let rest = words[first...]
        // In their order, where no option stands behind them.
        if rest.allSatisfy({ isText($0) || !$0.hasPrefix("-") }) { return words[..<first] + ["--"] + rest }
        return words.filter { !isText($0) } + ["--"] + words.filter(isText)
    }

    /// All of standard input.
    static func bytes() throws -> [UInt8] {
        [UInt8](try FileHandle.standardInput.readToEnd() ?? Data())
    }

    /// Writes a file in one step, so that an error leaves the old one; "-" is standard output. Devices and pipes are written to and
    /// not replaced.
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

    /// Whether something is there that is no file of bytes, and that a new file must not take the place of.
    private static func isSpecial(_ url: URL) -> Bool {
        guard let type = try? FileManager.default.attributesOfItem(atPath: url.path)[.type] as? FileAttributeType else {
            return false
        }
        return type != .typeRegular && type != .typeDirectory
    }
}
