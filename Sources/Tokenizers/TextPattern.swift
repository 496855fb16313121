import BridgeSupport
import Foundation

/// The pattern of a Replace or Split component.
enum TextPattern: Sendable {
    case literal([Unicode.Scalar])
    /// At least this many of one character in a row, as used by published files, without a regular expression.
    case run(of: Unicode.Scalar, atLeast: Int)
    case expression(NSRegularExpression)

    /// `{"String": …}` or `{"Regex": …}`.
    init(_ node: JSONNode?) throws(TokenizerFormatError) {
        if let literal = node?["String"]?.string {
            self = .literal(Array(literal.unicodeScalars))
            return
        }
        guard let source = node?["Regex"]?.string else {
            throw TokenizerFormatError("a \"pattern\" is neither a String nor a Regex")
        }
        if let run = Self.run(source) {
            self = run
            return
        }
        do { self = .expression(try NSRegularExpression(pattern: source)) } catch {
            throw TokenizerFormatError("the regular expression \"\(source)\" is not supported")
        }
    }

    /// Recognises `c+` and `c{n,}` for a character c without a special meaning.
    private static func run(_ source: String) -> TextPattern? {
        let scalars = Array(source.unicodeScalars)
        guard scalars.count > 1, !#"\.[](){}|^$*+?"#.unicodeScalars.contains(scalars[0]) else { return nil }
        if scalars.dropFirst() == ["+"] { return .run(of: scalars[0], atLeast: 1) }
        guard scalars[1] == "{", scalars.suffix(2) == [",", "}"],
            let count = Int(String(String.UnicodeScalarView(scalars[2..<(scalars.count - 2)]))), count > 0
        else { return nil }
        return .run(of: scalars[0], atLeast: count)
    }

    /// The places where the pattern matches, from left to right, not overlapping and not empty.
    func matches(in text: ArraySlice<Unicode.Scalar>) -> [Range<Int>] {
        switch self {
        case .literal(let literal): Self.matches(of: literal, in: text)
        case .run(let scalar, let count): Self.runs(of: scalar, atLeast: count, in: text)
        case .expression(let expression): Self.matches(of: expression, in: text)
        }
    }

    private static func matches(of literal: [Unicode.Scalar], in text: ArraySlice<Unicode.Scalar>) -> [Range<Int>] {
        guard let first = literal.first else { return [] }
        var matches: [Range<Int>] = []
        var position = text.startIndex
        while position < text.endIndex {
            if text[position] == first, text[position...].starts(with: literal) {
                matches.append(position..<(position + literal.count))
                position += literal.count
            } else {
                position += 1
            }
        }
        return matches
    }

    private static func runs(
        of scalar: Unicode.Scalar, atLeast count: Int, in text: ArraySlice<Unicode.Scalar>
    ) -> [Range<Int>] {
        var matches: [Range<Int>] = []
        var position = text.startIndex
        while position < text.endIndex {
            let start = position
            while position < text.endIndex, text[position] == scalar { position += 1 }
            if position - start >= count { matches.append(start..<position) }
            if position == start { position += 1 }
        }
        return matches
    }

    private static func matches(
        of expression: NSRegularExpression, in text: ArraySlice<Unicode.Scalar>
    ) -> [Range<Int>] {
        let string = String(String.UnicodeScalarView(text))
        let found = expression.matches(in: string, range: NSRange(location: 0, length: string.utf16.count))
        /// Scalar index by UTF-16 offset, walked along with the matches.
        var index = text.startIndex
        var offset = 0
        func advance(to target: Int) -> Int {
            while offset < target, index < text.endIndex {
                offset += UTF16.width(text[index])
                index += 1
            }
            return index
        }
        return found.lazy.filter { $0.range.length > 0 }.map {
            let start = advance(to: $0.range.location)
            return start..<advance(to: $0.range.location + $0.range.length)
        }
    }
}
