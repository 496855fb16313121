import BridgeSupport

/// Rewrites text before it is split into words.
protocol TextNormalizer: Sendable {
    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar]
}

func makeNormalizer(_ node: JSONNode) throws(TokenizerFormatError) -> any TextNormalizer {
    switch node["type"]?.string {
    case "BertNormalizer": return BertNormalizer(node)
    case "Precompiled": return try CharacterMap(node)
    case "Lowercase": return Lowercase()
    case "StripAccents": return StripAccents()
    case "NFD": return UnicodeForm(.canonicalDecomposition)
    case "NFKD": return UnicodeForm(.compatibilityDecomposition)
    case "NFC": return UnicodeForm(.canonicalComposition)
    case "NFKC": return UnicodeForm(.compatibilityComposition)
    case "Strip":
        return Strip(left: node["strip_left"]?.bool ?? true, right: node["strip_right"]?.bool ?? true)
    case "Prepend":
        let prefix = try node.require("normalizer.prepend", node["prepend"]?.string)
        return Prepend(prefix: Array(prefix.unicodeScalars))
    case "Replace":
        let content = try node.require("normalizer.content", node["content"]?.string)
        return Replace(pattern: try TextPattern(node["pattern"]), content: Array(content.unicodeScalars))
    case "Sequence":
        var steps: [any TextNormalizer] = []
        for step in try node.require("normalizer.normalizers", node["normalizers"]?.array) {
            steps.append(try makeNormalizer(step))
        }
        return NormalizerSequence(steps: steps)
    case let type: throw .unsupported("normalizer", type)
    }
}

extension UnicodeForm: TextNormalizer {}

struct NormalizerSequence: TextNormalizer {
    var steps: [any TextNormalizer]

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        steps.reduce(text) { $1.normalize($0) }
    }
}

/// Full lower case, each character by itself: no final sigma.
struct Lowercase: TextNormalizer {
    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        for scalar in text {
            if scalar.isASCII {
                let isUpper = ("A"..."Z").contains(scalar)
                result.append(isUpper ? Unicode.Scalar(UInt8(truncatingIfNeeded: scalar.value) | 0x20) : scalar)
            } else if scalar.properties.changesWhenLowercased {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return result
    }
}

/// Drops combining marks of every kind; does nothing to precomposed letters.
struct StripAccents: TextNormalizer {
    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        text.filter { !$0.isTokenizerMark }
    }
}

struct Strip: TextNormalizer {
    var left: Bool
    var right: Bool

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var rest = text[...]
        if left { rest = rest.drop { $0.isTokenizerSpace } }
        if right { while let last = rest.last, last.isTokenizerSpace { rest.removeLast() } }
        return Array(rest)
    }
}

struct Prepend: TextNormalizer {
    var prefix: [Unicode.Scalar]

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        text.isEmpty ? text : prefix + text
    }
}

struct Replace: TextNormalizer {
    var pattern: TextPattern
    var content: [Unicode.Scalar]

    func normalize(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let matches = pattern.matches(in: text[...])
        if matches.isEmpty { return text }
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var position = 0
        for match in matches {
            result += text[position..<match.lowerBound]
            result += content
            position = match.upperBound
        }
        return result + text[position...]
    }
}
