import BridgeSupport
import Foundation
import Logging
import Synchronization

/// One event, and the two formats in which it is written.
struct LogLine {
    enum Format: Sendable { case text(coloured: Bool), json }

    var time: Date
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata

    /// Appends the line, with its line break.
    func write(to bytes: inout [UInt8], in format: Format) {
        switch format {
        case .json: writeJSON(to: &bytes)
        case .text(let coloured): bytes += text(coloured: coloured).utf8
        }
    }

    /// `{"time":…,"level":…,"message":…,…}`: metadata follows these three at the same level, numbers as numbers. Written byte by byte, since
    /// most requests have a line.
    private func writeJSON(to bytes: inout [UInt8]) {
        bytes += "{\"time\":\"".utf8
        bytes += Self.timestamp(time).utf8
        bytes += "\",\"level\":\"".utf8
        bytes += level.rawValue.utf8
        bytes += "\",\"message\":".utf8
        Self.quote(message, to: &bytes)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where !Self.ownKeys.contains(key) {
            bytes.append(UInt8(ascii: ","))
            Self.write(value, named: key, to: &bytes)
        }
        bytes += "}\n".utf8
    }

    private static let ownKeys = ["time", "level", "message"]

    /// `12:34:56.789 INFO  request method=POST …`; colours are ANSI codes.
    func text(coloured: Bool) -> String {
        let name = level.rawValue.uppercased().padding(toLength: 8, withPad: " ", startingAt: 0)
        let fields = metadata.sorted { $0.key < $1.key }.map { key, value in
            let shown = Self.plain(value)
            let isSimple = !shown.isEmpty && shown.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
            return " \(coloured ? "\u{1B}[2m\(key)=\u{1B}[0m" : key + "=")\(isSimple ? shown : Self.quoted(shown))"
        }
        let clock = Self.timestamp(time).dropFirst(11).dropLast(1)
        return
            "\(clock) \(coloured ? Self.colour(level) + name + "\u{1B}[0m" : name) \(Self.printable(message))\(fields.joined())\n"
    }

    /// RFC 3339 with milliseconds, UTC.
    static func timestamp(_ time: Date) -> String {
        let second = time.timeIntervalSince1970.rounded(.down)
        let milliseconds = Int((time.timeIntervalSince1970 - second) * 1000)
        let text = newest.withLock { newest in
            if newest.second != second {
                newest = (second, String(Date(timeIntervalSince1970: second).formatted(.iso8601).dropLast()))
            }
            return newest.text
        }
        return "\(text).\(String(1000 + milliseconds).dropFirst())Z"
    }

    /// The second that was formatted last, which costs more than the rest of a line: the next line is often of the same one.
    private static let newest = Mutex((second: -Double.infinity, text: ""))

    private static func write(_ value: Logger.MetadataValue, named key: String, to bytes: inout [UInt8]) {
        quote(key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        write(value, to: &bytes)
    }

    private static func write(_ value: Logger.MetadataValue, to bytes: inout [UInt8]) {
        switch value {
        case .string(let text): quote(text, to: &bytes)
        case .stringConvertible(let value as Int): bytes += "\(value)".utf8
        case .stringConvertible(let value as Double) where value.isFinite: bytes += "\(value)".utf8
        case .stringConvertible(let value as Bool): bytes += "\(value)".utf8
        case .stringConvertible(let value): quote(value.description, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let values):
            bytes.append(UInt8(ascii: "{"))
            for (index, (key, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(value, named: key, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// A JSON string: control characters are escaped, so that no value can forge a line of its own.
    private static func quote(_ text: String, to bytes: inout [UInt8]) {
        JSONText.quote(text, escapingDeletes: true) { bytes += $0 }
    }

    private static func quoted(_ text: String) -> String { string { quote(text, to: &$0) } }

    private static func string(_ write: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        write(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func plain(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array, .dictionary: string { write(value, to: &$0) }
        }
    }

    /// The text without control characters, which could forge lines or drive a terminal.
    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    private static func colour(_ level: Logger.Level) -> String {
        switch level {
        case .trace, .debug: "\u{1B}[2m"
        case .info, .notice: "\u{1B}[32m"
        case .warning: "\u{1B}[33m"
        case .error, .critical: "\u{1B}[31m"
        }
    }
}
