import Foundation
import Logging

/// One event, and the two formats in which it is written.
struct LogLine {
    enum Format: Sendable { case text(coloured: Bool), json }

    var time: Date
    var level: Logger.Level
    var message: String
    var metadata: Logger.Metadata

    func text(in format: Format) -> String {
        switch format {
        case .json: json()
        case .text(let coloured): text(coloured: coloured)
        }
    }

    /// `{"time":…,"level":…,"message":…,…}`: metadata follows these three at the same level, numbers as numbers.
    func json() -> String {
        let first: KeyValuePairs<String, Logger.MetadataValue> = [
            "time": .string(Self.timestamp(time)), "level": .string(level.rawValue), "message": .string(message),
        ]
        let others = metadata.filter { key, _ in !first.contains { $0.key == key } }.sorted { $0.key < $1.key }
        return Self.object(first.map { ($0.key, $0.value) } + others.map { ($0.key, $0.value) }) + "\n"
    }

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
        time.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let value as Int): "\(value)"
        case .stringConvertible(let value as Double) where value.isFinite: "\(value)"
        case .stringConvertible(let value as Bool): "\(value)"
        case .stringConvertible(let value): quoted(value.description)
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values): object(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    private static func object(_ members: [(String, Logger.MetadataValue)]) -> String {
        "{" + members.map { quoted($0) + ":" + json($1) }.joined(separator: ",") + "}"
    }

    private static func plain(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array, .dictionary: json(value)
        }
    }

    /// A JSON string. Characters below U+0020 are escaped, so that no value can forge a line of its own.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                quoted += "\\u" + String(0x10000 + scalar.value, radix: 16).dropFirst()
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
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
