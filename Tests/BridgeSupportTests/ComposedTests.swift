import BridgeSupport
import Foundation
import Testing

/// Against Foundation, which is right and takes time that grows with the square of the length.
@Suite(.timeLimit(.minutes(2))) struct ComposedTests {
    private func scalars(_ text: String) -> [Unicode.Scalar] { Array(text.unicodeScalars) }

    @Test(arguments: [
        "Été à Noël", "Việt Nam", "한국어", "Ångström", "ẛ̣", "नमस्ते", "क़", "\u{2126}", "e\u{323}\u{301}", "",
        "abc", "日本語 が", "\u{FB1D}",
    ])
    func everyFormIsComposed(_ text: String) {
        let wanted = scalars(text.precomposedStringWithCanonicalMapping)
        #expect(scalars(text.composed()) == wanted)
        #expect(scalars(text.decomposedStringWithCanonicalMapping.composed()) == wanted)
    }

    @Test(arguments: [0xA0...0xFFF, 0x1000...0x33FF, 0xA000...0xABFF, 0xF900...0xFFFF])
    func whatIsSurelyComposedIsComposed(_ range: ClosedRange<UInt32>) {
        for scalar in range.compactMap(Unicode.Scalar.init) where String(scalar).isSurelyComposed {
            let text = "a\(scalar)"
            #expect(scalars(text.precomposedStringWithCanonicalMapping) == scalars(text), "\(scalar.value)")
        }
    }
}
