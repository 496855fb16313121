import ArgumentParser
import Foundation

/// What a user at a terminal sees: results on standard output, everything else on standard error.
enum Terminal {
    static let standardOutputIsTerminal = isatty(STDOUT_FILENO) == 1
    static let standardErrorIsTerminal = isatty(STDERR_FILENO) == 1
    private static let colours = (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

    enum Style: String {
        case plain = "0"
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
    }

    /// `text` in a style, if `onTerminal` is true.
    static func styled(_ text: String, _ style: Style, onTerminal: Bool) -> String {
        onTerminal && colours && style != .plain ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// - Throws: what ``write(_:)`` throws.
    static func output(_ text: String) throws {
        try write(Data((text + "\n").utf8))
    }

    /// Writes to standard output at once.
    ///
    /// - Throws: an error that says why if standard output is full or closed; a quiet one if nobody reads it any more.
    static func write(_ data: Data) throws {
        do {
            try FileHandle.standardOutput.write(contentsOf: data)
        } catch {
            // The status that a shell reports for a program that wrote into a pipe without a reader, as in `… | head -n 1`.
            if OutputFailure.code(of: error) == EPIPE { throw ExitCode(128 + SIGPIPE) }
            throw OutputFailure.error(error, to: "Standard output")
        }
    }

    /// Text from elsewhere without anything that would control the terminal (colours, titles, a cleared screen), if there is one.
    static func harmless(_ text: String) -> String {
        guard standardOutputIsTerminal else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { $0.properties.generalCategory != .control || $0 == "\n" || $0 == "\t" }))
    }

    /// Writes a line to standard error. If that is full or closed there is nobody to tell, and the work goes on.
    static func note(_ text: String) {
        ask(text + "\n")
    }

    /// Writes text to standard error that does not end the line.
    static func ask(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    static func error(_ text: String) {
        note(
            styled("error:", .red, onTerminal: standardErrorIsTerminal) + " " + wrapped(text, at: 7, on: STDERR_FILENO))
    }

    static func warning(_ text: String) {
        note(
            styled("warning:", .yellow, onTerminal: standardErrorIsTerminal) + " "
                + wrapped(text, at: 9, on: STDERR_FILENO))
    }

    /// A note that is not a warning.
    static func remark(_ text: String) {
        note("note: " + wrapped(text, at: 6, on: STDERR_FILENO))
    }

    /// `value` as JSON for a program to read: sorted keys, unescaped slashes.
    static func json(_ value: some Encodable, onOneLine: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !onOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func outputJSON(_ value: some Encodable, onOneLine: Bool = false) throws {
        try output(try json(value, onOneLine: onOneLine))
    }

    /// Aligns rows in columns; the last column is not padded, and on a terminal it is broken between words.
    ///
    /// - Parameter expendable: columns to leave out, in this order, as long as the last one does not fit the terminal.
    static func table(_ rows: [[String]], indent: String = "", expendable: [Int] = []) -> String {
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        var shown = Array(widths.indices)
        /// Where the last column starts.
        var start: Int { indent.count + shown.dropLast().reduce(0) { $0 + widths[$1] + 2 } }
        for column in expendable where (width(of: STDOUT_FILENO) ?? .max) < start + 30 {
            shown.removeAll { $0 == column }
        }
        return rows.map { row in
            let cells = shown.filter { $0 < row.count }.map { column in
                column == shown.last
                    ? wrapped(row[column], at: start)
                    : row[column] + String(repeating: " ", count: widths[column] - row[column].count)
            }
            return indent + cells.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Columns of the terminal behind `descriptor`; nil if it is not a terminal.
    private static func width(of descriptor: Int32) -> Int? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// Lines of the terminal behind standard output, as far as it tells.
    static var rows: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
    }

    /// Breaks `text` between words to fit the terminal, with further lines under the column that the first one starts at. Commands
    /// in quotes stay whole, so that they can be copied; without a terminal everything does.
    ///
    /// - Parameter column: the number of columns before `text` on its line.
    static func wrapped(_ text: String, at column: Int, on descriptor: Int32 = STDOUT_FILENO) -> String {
        guard let columns = width(of: descriptor), !text.contains("\n") else { return text }
        let width = columns - column
        guard width >= 20 else { return text }
        var lines: [String] = []
        for word in text.matches(of: /'[^']+'\S*|\S+/).map(\.output) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: column))
    }

    /// 123456789 as "123 MB", in the units that downloads are shown in.
    static func bytes(_ count: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(count)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 ? "\(count) B" : String(format: value < 9.95 ? "%.1f %@" : "%.0f %@", value, units[unit])
    }
}
