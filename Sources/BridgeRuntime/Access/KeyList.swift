package import BridgeSupport

/// The text of a key file: a key on each line, as JSON; empty lines, and comments that begin with `#`, stay as they are.
package struct KeyList: Sendable {
    private struct Line {
        var text: String
        var entry: KeyEntry?
    }
    private var lines: [Line] = []

    package var entries: [KeyEntry] { lines.compactMap(\.entry) }

    /// What a new file begins with.
    static let heading = "# The keys of Jarvis Bridges, one on each line. '\(CommandName.program) keys' changes them."

    /// An empty one.
    package init() {}

    /// - Parameter path: what errors call the file.
    /// - Throws: `invalid_request` naming the file and the first line that is wrong.
    package init(_ text: String, path: String) throws(ServiceError) {
        var (names, ids) = ([String: Int](), [String: Int]())
        // A carriage return and a line feed are one Character.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, text) in lines.enumerated() {
            do throws(KeyLineError) {
                let entry = try Self.isKey(text) ? KeyEntry(line: text) : nil
                if let entry {
                    if let first = names.updateValue(index + 1, forKey: entry.name) {
                        throw KeyLineError("name is the same as in line \(first)")
                    }
                    if let first = ids.updateValue(index + 1, forKey: entry.id) {
                        throw KeyLineError("id is the same as in line \(first)")
                    }
                }
                self.lines.append(Line(text: String(text), entry: entry))
            } catch {
                throw .invalid(
                    Keys.keyFile.name,
                    "Line \(index + 1) of the key file \(path) is wrong: \(error.reason). Correct the line, or delete it and make another key with '\(CommandName.current) keys add'."
                )
            }
        }
        // What follows the last line break.
        if self.lines.last?.text == "" { self.lines.removeLast() }
    }

    private static func isKey(_ line: Substring) -> Bool {
        line.first { $0 != " " && $0 != "\t" }.map { $0 != "#" } ?? false
    }

    /// - Throws: `invalid_request` (param `name`) if the name is taken.
    package mutating func add(_ entry: KeyEntry) throws(ServiceError) {
        guard !entries.contains(where: { $0.name == entry.name }) else {
            throw .invalid(
                "name",
                "There is a key \(entry.name) already. Choose another name, or revoke that key first with '\(CommandName.current) keys revoke \(entry.name)'."
            )
        }
        if lines.isEmpty { lines.append(Line(text: Self.heading)) }
        lines.append(Line(text: entry.line, entry: entry))
    }

    /// Returns false if no key is called so.
    package mutating func revoke(_ name: String) -> Bool {
        let count = lines.count
        lines.removeAll { $0.entry?.name == name }
        return lines.count < count
    }

    var text: String { lines.map { $0.text + "\n" }.joined() }
}
