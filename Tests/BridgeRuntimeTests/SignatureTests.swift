import Foundation
import Testing

/// What a call says of its arguments, read from the sources.
@Suite(.timeLimit(.minutes(5))) struct SignatureTests {
    /// A callback of espeak-ng, whose arguments C has no labels for.
    private static let callbacks = ["takeSamples"]

    @Test(arguments: ["Sources", "Tests"])
    func noFunctionHasMoreThanTwoParametersWithoutALabel(_ folder: String) throws {
        var signatures = 0
        for file in try SourceFiles.all(in: folder) {
            for signature in Self.signatures(in: file.text) {
                signatures += 1
                let isFine = Self.unlabelled(signature) < 3 || Self.callbacks.contains { signature.hasPrefix($0) }
                #expect(isFine, "\(folder)/\(file.path): \(signature.prefix { $0 != "{" })")
            }
        }
        #expect(signatures > 2000)
    }

    @Test(arguments: [
        ("f(a: Int, _ b: Int, _ c: Int)", 2), ("f(_ a: [String: Int], _ b: (Int, Int) -> Int,\n_ c: Int) {", 3),
        ("f(_ a: (_ b: Int, _ c: Int) -> Void = { _ in }) { g(_: 1, _ = 2) }", 1), ("f<T, U>(\n_ a: T, in b: U\n)", 1),
    ])
    func unlabelledParametersAreCounted(signature: String, count: Int) {
        #expect(Self.unlabelled(signature[...]) == count)
    }

    /// What stands behind each word that begins a signature, as far as the end of the text.
    private static func signatures(in text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.contains("//") }.flatMap { line in
            ["func ", "init", "subscript"].compactMap { line.range(of: $0).map { text[$0.upperBound...] } }
        }
    }

    /// The parameters without a label of the list in the first brackets.
    private static func unlabelled(_ signature: Substring) -> Int {
        var (depth, count, mayBegin) = (0, 0, false)
        for byte in signature.utf8.drop(while: { $0 != UInt8(ascii: "(") }) {
            switch byte {
            case UInt8(ascii: "_") where mayBegin: count += 1
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            if depth == 0 { break }
            let isSpace = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")
            mayBegin = depth == 1 && (byte == UInt8(ascii: "(") || byte == UInt8(ascii: ",") || mayBegin && isSpace)
        }
        return count
    }
}
