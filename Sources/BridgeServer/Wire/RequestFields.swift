import BridgeSupport
import Foundation
import LanguageModels
import NIOCore
import NIOFoundationCompat

/// The fields of one request, from a JSON object, a form or a query. Reading one checks it: a wrong field becomes a 400 that names
/// it. Fields that nobody reads are ignored, and null is the same as absent.
struct RequestFields: Sendable {
    private let values: [String: JSONValue]
    /// Forms and queries have texts only: "true" and "1.5" are read as what they say.
    private let isTextual: Bool

    init(texts: [String: String]) {
        values = texts.mapValues { .string($0) }
        isTextual = true
    }

    /// More than any request needs: a value takes many times the memory of its text, and bodies may be large.
    static let maxValues = 1 << 16

    /// - Throws: `invalid_json` for what is no JSON object, or holds more than ``maxValues`` values.
    init(json: ByteBuffer) throws {
        guard json.readableBytes > 0 else {
            throw ServiceError(.invalidJSON, "The body is empty; it must be a JSON object.")
        }
        guard !json.holdsMoreJSONValues(than: Self.maxValues) else {
            throw ServiceError(
                .invalidJSON,
                "The body holds more than \(Self.maxValues) values; send less at once, and audio as base64 in one text."
            )
        }
        let data = Data(buffer: json)
        do {
            switch try JSONValue(parsing: data) {
            case .object(let fields): values = fields
            case .null:
                throw ServiceError(.invalidJSON, "The body is JSON, but null: it must look like {\"field\": value}.")
            default:
                throw ServiceError(
                    .invalidJSON, "The body is JSON, but not an object: it must look like {\"field\": value}.")
            }
        } catch let error as ServiceError {
            throw error
        } catch {
            throw Self.malformed(data, error)
        }
        isTextual = false
    }

    /// Says which field it is, where only a value cannot be read.
    private static func malformed(_ data: Data, _ cause: any Error) -> ServiceError {
        do {
            _ = try JSONDecoder().decode([String: Probe].self, from: data)
        } catch DecodingError.typeMismatch(_, let place) where !place.codingPath.isEmpty {
            // A value that is of no JSON type at all: its text could not be read, or its number.
            return ServiceError(
                .invalidJSON,
                "A text in the body is not Unicode: it holds bytes that are not UTF-8, or half of a surrogate pair (\\ud800 to \\udfff); "
                    + "or a number in it is too large.",
                param: place.codingPath.first?.stringValue)
        } catch {}
        return ServiceError(.invalidJSON, "The body is not JSON (in UTF-8, of ordinary depth).", cause: cause)
    }

    /// Reads values as deep as fields of requests go, to find one that cannot be read; deeper ones would cost too much.
    private struct Probe: Decodable {
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() || (try? value.decode(Bool.self)) != nil || (try? value.decode(Double.self)) != nil
                || (try? value.decode(String.self)) != nil
            {
                return
            }
            guard decoder.codingPath.count < 4, (try? value.decode([Probe].self)) == nil else { return }
            _ = try value.decode([String: Probe].self)
        }
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = values[name], value != .null else { return nil }
        return value
    }

    private func wrong(_ name: String, _ expected: String) -> ServiceError {
        ServiceError.invalid(name, "\(name) must be \(expected).")
    }

    /// A text, or nil when it is absent.
    func text(_ name: String) throws -> String? {
        switch value(name) {
        case nil: nil
        case .string(let text)?: text
        default: throw wrong(name, "a text")
        }
    }

    func requiredText(_ name: String) throws -> String {
        guard let text = try text(name) else {
            throw ServiceError.invalid(name, "\(name) is missing; it must be a text.")
        }
        return text
    }

    /// A model or voice name: absent and empty are told apart, since an empty name never means the default.
    func name(_ name: String) throws -> String? {
        guard let text = try text(name) else { return nil }
        guard !text.isEmpty, text.utf8.count <= 256 else {
            throw wrong(name, "a name of 1 to 256 characters, or left out for the default")
        }
        return text
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        let expected = "a number from \(range.lowerBound.short) to \(range.upperBound.short)"
        guard let number = try number(name, expected: expected) else { return nil }
        // A NaN is in no range.
        guard range.contains(number) else { throw wrong(name, expected) }
        return number
    }

    private func number(_ name: String, expected: String) throws -> Double? {
        switch value(name) {
        case nil: return nil
        case .number(let number)?: return number
        case .string(let text)? where isTextual:
            guard let number = Double(text) else { throw wrong(name, expected) }
            return number
        default: throw wrong(name, expected)
        }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = try number(name, expected: expected) else { return nil }
        guard let whole = Int(exactly: number), range.contains(whole) else { throw wrong(name, expected) }
        return whole
    }

    func flag(_ name: String) throws -> Bool? {
        switch value(name) {
        case nil: nil
        case .bool(let flag)?: flag
        case .string("true")? where isTextual, .string("1")? where isTextual: true
        case .string("false")? where isTextual, .string("0")? where isTextual: false
        default: throw wrong(name, "true or false")
        }
    }

    func choice<C: RawRepresentable & CaseIterable>(_ name: String, _ type: C.Type = C.self) throws -> C?
    where C.RawValue == String {
        guard let text = try text(name) else { return nil }
        guard let choice = C(rawValue: text) else {
            throw wrong(name, "one of " + C.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return choice
    }

    func texts(_ name: String) throws -> [String]? {
        switch value(name) {
        case nil: return nil
        case .array(let items)?:
            return try items.enumerated().map { index, item in
                guard case .string(let text) = item else {
                    throw ServiceError.invalid(name, "\(name)[\(index)] must be a text.")
                }
                return text
            }
        default: throw wrong(name, "a list of texts")
        }
    }

    /// Objects of a list, each with its own fields.
    func objects(_ name: String) throws -> [[String: JSONValue]]? {
        switch value(name) {
        case nil: return nil
        case .array(let items)?:
            return try items.enumerated().map { index, item in
                guard case .object(let object) = item else {
                    throw ServiceError.invalid(name, "\(name)[\(index)] must be an object.")
                }
                return object
            }
        default: throw wrong(name, "a list of objects")
        }
    }

    func isNumber(_ name: String) -> Bool {
        if case .number? = value(name) { true } else { false }
    }

    /// The value as it is, to be handed on.
    func anything(_ name: String) -> JSONValue? { value(name) }

    /// `stream` where it is not offered yet: better refused than silently ignored.
    func refuseStream() throws {
        if try flag("stream") == true {
            throw ServiceError.invalid(
                "stream", "stream is not available on this route yet; leave it out for the whole answer.")
        }
    }
}

extension Double {
    /// As people write it: whole numbers without a point.
    var short: String { Int(exactly: self).map(String.init) ?? "\(self)" }
}
