import BridgeRuntime
import BridgeSupport
import Foundation

/// The fields of one request, from a JSON object, a form or a query. Reading a field checks it: a wrong one becomes a 400 that names
/// it. Fields that are not read are ignored, and null means absent. So does an empty name or choice and, in forms and queries, any
/// empty field, since there is no other way to leave one out there, and "undefined", which browsers send for a variable without a
/// value.
struct RequestFields: Sendable {
    private let values: [String: JSONValue]
    /// Forms and queries contain only texts: "true" and "1.5" are read as the values that they spell.
    private let isTextual: Bool

    init(texts: [String: String]) {
        values = texts.filter { !$0.value.allSatisfy(\.isWhitespace) && $0.value != "undefined" }
            .mapValues { .string($0) }
        isTextual = true
    }

    /// More than any request needs: a value takes many times the memory of its text, and bodies may be large.
    static let maxValues = 1 << 16

    /// - Throws: `invalid_json` if it is not a JSON object, or holds more than ``maxValues`` values; `invalid_request` for a number
    ///   that is too large.
    init(json: [UInt8]) throws { self.init(try Self.object(json)) }

    /// - Parameters:
    ///   - object: the body.
    ///   - name: of a field that is left where it is.
    init(_ object: JSONNode, except name: String? = nil) {
        var values: [String: JSONValue] = [:]
        if let members = object.object {
            for (key, value) in members where key != name { values[key] = JSONValue(value) }
        }
        self.values = values
        isTextual = false
    }

    /// - Throws: what `init(json:)` throws.
    static func object(_ json: [UInt8]) throws(ServiceError) -> JSONNode {
        guard !json.isEmpty else {
            throw ServiceError(.invalidJSON, "The body is empty; it must be a JSON object.")
        }
        let node: JSONNode
        do {
            node = try JSONNode(parsing: json, limits: JSONLimits(values: maxValues))
        } catch {
            throw error.answer
        }
        guard node.object != nil else {
            throw ServiceError(
                .invalidJSON,
                "The body is JSON, but \(node.isNull ? "null" : "not an object"): it must look like {\"field\": value}."
            )
        }
        return node
    }

    private func value(_ name: String) -> JSONValue? {
        guard let value = values[name], value != .null else { return nil }
        return value
    }

    private func wrong(_ name: String, _ expected: String) -> ServiceError {
        ServiceError.invalid(name, "\(name) must be \(expected).")
    }

    /// A text, or nil when it is absent.
    func text(_ name: String, expected: String = "a text") throws -> String? {
        switch value(name) {
        case nil: nil
        case .string(let text)?: text
        default: throw wrong(name, expected)
        }
    }

    func requiredText(_ name: String) throws -> String {
        guard let text = try text(name) else {
            throw ServiceError.invalid(name, "\(name) is missing; it must be a text.")
        }
        return text
    }

    /// A word that has to be one of several, or the name of something. Empty means that the client chose none.
    private func word(_ name: String) throws -> String? {
        guard let text = try text(name) else { return nil }
        let word = isTextual ? text.trimmingCharacters(in: .whitespacesAndNewlines) : text
        return word.isEmpty ? nil : word
    }

    /// A model or voice name; nil for the default.
    func name(_ name: String) throws -> String? {
        guard let word = try word(name) else { return nil }
        guard word.utf8.count <= 256 else {
            throw wrong(name, "a name of 1 to 256 characters, or left out for the default")
        }
        return word
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        let expected = "a number from \(range.lowerBound.short) to \(range.upperBound.short)"
        guard let number = try number(name, expected: expected) else { return nil }
        // NaN is in no range.
        guard range.contains(number) else { throw wrong(name, expected) }
        return number
    }

    private func number(_ name: String, expected: String) throws -> Double? {
        switch value(name) {
        case nil: return nil
        case .number(let number)?: return number.double
        case .string(let text)? where isTextual:
            guard let number = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw wrong(name, expected)
            }
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
        case nil: return nil
        case .bool(let flag)?: return flag
        case .string(let text)? where isTextual:
            let word = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
            guard let flag = Self.flags[word] else { fallthrough }
            return flag
        default: throw wrong(name, isTextual ? "true or false (also 1 or 0, on or off, yes or no)" : "true or false")
        }
    }

    /// As written by Python, browsers and shells.
    private static let flags: [String: Bool] = [
        "true": true, "1": true, "on": true, "yes": true, "oui": true, "vrai": true, "t": true, "y": true,
        "false": false, "0": false, "off": false, "no": false, "non": false, "faux": false, "f": false, "n": false,
    ]

    func choice<C: RawRepresentable & CaseIterable>(_ name: String, _ type: C.Type = C.self) throws -> C?
    where C.RawValue == String {
        guard let word = try word(name) else { return nil }
        guard let choice = C(rawValue: isTextual ? word.lowercased() : word) else {
            throw wrong(name, "one of " + C.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return choice
    }

    /// A list of words, or one text in which commas separate them, as forms and queries write it.
    func words(_ name: String) throws -> [String]? {
        switch value(name) {
        case .string(let text)?:
            let words = Setting.items(text)
            // An empty field of a form is one that was left out.
            return words.isEmpty && isTextual ? nil : words
        case nil: return nil
        case .array?: return try texts(name)
        default: throw wrong(name, "a list of texts, or a text in which commas separate them")
        }
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

    /// A list of objects, each with its own fields.
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

    /// The value as it is, to be passed on.
    func anything(_ name: String) -> JSONValue? { value(name) }

    /// `stream` where it is not offered yet: refusing is better than silently ignoring it.
    func refuseStream() throws {
        if try flag("stream") == true {
            throw ServiceError.invalid(
                "stream", "stream is not available on this route yet; leave it out for the whole answer.")
        }
    }
}
