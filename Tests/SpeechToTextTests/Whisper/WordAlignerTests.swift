import BridgeSupport
import Testing

@testable import SpeechToText

@Suite(.timeLimit(.minutes(5))) struct WordAlignerTests {
    /// Two layers of four heads, of which each looks at one column.
    private func layer(_ index: Int) -> (shape: [Int], values: [Float]) {
        var values: [Float] = []
        for head in 0..<4 {
            for token in 0..<2 { for column in 0..<6 { values.append(Float((head + token) * 7 + column % 3)) } }
        }
        return ([1, 4, 2, 6], values)
    }

    @Test func aLayerIsReadOnceForAllItsHeads() throws {
        var reads: [Int] = []
        let heads = (0..<2).flatMap { layer in (0..<4).map { AlignmentHead(layer: layer, head: $0) } }
        let mean = try WordAligner.attention(heads, tokens: 2, columns: 4) { index in
            reads.append(index)
            return layer(index)
        }
        #expect(reads == [0, 1])
        #expect(mean.count == 8)
        // Each head alone, and their mean.
        let single = try heads.map { try WordAligner.attention([$0], tokens: 2, columns: 4, read: layer) }
        for index in mean.indices {
            let expected = single.reduce(0) { $0 + $1[index] } / Float(heads.count)
            #expect(abs(mean[index] - expected) < 1e-5)
        }
    }

    @Test func aHeadThatIsNotThereIsSaid() throws {
        #expect(throws: ServiceError.self) {
            try WordAligner.attention([AlignmentHead(layer: 0, head: 4)], tokens: 2, columns: 4, read: layer)
        }
    }
}
