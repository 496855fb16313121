import BridgeSupport

/// The most probable segmentation under a unigram language model (Kudo 2018), found with Viterbi's algorithm in the same way as in
/// `tokenizers` models/unigram, down to the order in which equal scores are tried.
struct UnigramModel: TokenModel {
    private let pieces: ByteTrie
    private let scores: [Double]
    private let unknownID: Int32
    private let unknownScore: Double
    /// Ids of `<0x00>` … `<0xFF>`; nil without byte fallback.
    private let byteIDs: [Int32]?

    init(_ node: JSONNode) throws(TokenizerFormatError) {
        let vocabulary = try node.require("model.vocab", node["vocab"]?.array)
        var entries: [(key: String, value: Int32)] = []
        var scores: [Double] = []
        entries.reserveCapacity(vocabulary.count)
        scores.reserveCapacity(vocabulary.count)
        for pair in vocabulary {
            guard let pair = pair.array, pair.count == 2, let piece = pair.first?.string,
                let score = pair.dropFirst().first?.double
            else {
                throw TokenizerFormatError("\"model.vocab\" holds something that is not a [piece, score] pair")
            }
            entries.append((piece, Int32(clamping: scores.count)))
            scores.append(score)
        }
        let unknown = try node.require("model.unk_id", node["unk_id"]?.tokenID)
        guard unknown < scores.count else {
            throw TokenizerFormatError("\"model.unk_id\" is \(unknown), but there are \(scores.count) pieces")
        }
        pieces = ByteTrie(entries)
        self.scores = scores
        unknownID = Int32(unknown)
        // sentencepiece's penalty for an unknown character.
        unknownScore = (scores.min() ?? 0) - 10
        byteIDs = node["byte_fallback"]?.bool == true ? Self.byteIDs(in: pieces) : nil
    }

    private static func byteIDs(in pieces: ByteTrie) -> [Int32]? {
        let ids = (0..<256).compactMap { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return pieces["<0x" + (digits.count < 2 ? "0" : "") + digits + ">"]
        }
        return ids.count == 256 ? ids : nil
    }

    func id(of piece: String) -> Int32? { pieces[piece] }

    /// The best way to reach one byte position.
    private struct Node {
        var score = 0.0
        var start: Int32 = -1
        var id: Int32 = -1
    }

    func append(_ word: ArraySlice<Unicode.Scalar>, to ids: inout [Int32]) {
        let bytes = utf8Bytes(of: word)
        let best = bestPath(through: bytes)
        var reversed: [Int32] = []
        var end = bytes.count
        while end > 0 {
            let node = best[end]
            var start = Int(node.start)
            if node.id == unknownID {
                // Neighbouring unknown characters are one unknown piece.
                while start > 0, best[start].id == unknownID { start = Int(best[start].start) }
                appendUnknown(bytes[start..<end], to: &reversed)
            } else {
                reversed.append(node.id)
            }
            end = start
        }
        ids.append(contentsOf: reversed.reversed())
    }

    private func bestPath(through bytes: [UInt8]) -> [Node] {
        var best = [Node](repeating: Node(), count: bytes.count + 1)
        var start = 0
        while start < bytes.count {
            let characterEnd = start + utf8Length(leading: bytes[start])
            let reached = best[start].score
            var hasCharacter = false
            pieces.forEachPrefix(of: bytes, from: start) { end, id in
                offer(Node(score: reached + scores[Int(id)], start: Int32(start), id: id), at: end, in: &best)
                if end == characterEnd { hasCharacter = true }
            }
            if !hasCharacter {
                offer(
                    Node(score: reached + unknownScore, start: Int32(start), id: unknownID), at: characterEnd, in: &best
                )
            }
            start = characterEnd
        }
        return best
    }

    @inline(__always)
    private func offer(_ node: Node, at end: Int, in best: inout [Node]) {
        // Strictly greater: of equal paths the first one found stays.
        if best[end].start < 0 || node.score > best[end].score { best[end] = node }
    }

    private func appendUnknown(_ bytes: ArraySlice<UInt8>, to reversed: inout [Int32]) {
        guard let byteIDs else {
            reversed.append(unknownID)
            return
        }
        for byte in bytes.reversed() { reversed.append(byteIDs[Int(byte)]) }
    }
}
