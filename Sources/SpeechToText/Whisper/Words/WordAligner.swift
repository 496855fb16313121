import BridgeSupport
import Foundation
import OnnxRuntime
import WorkScheduling

/// A word with its position in the window.
struct AlignedWord: Sendable, Hashable {
    /// With its leading space; empty once it has been merged into a neighbour.
    var text: String
    var tokens: [Int]
    /// Seconds from the start of the window.
    var start: Double
    var end: Double
    /// Mean probability of the tokens.
    var probability: Double
}

/// Finds when each word is said, from where the decoder listens while it writes, like openai-whisper's `find_alignment`.
struct WordAligner {
    let network: any WhisperNetwork
    let special: SpecialTokens
    let vocabulary: WhisperVocabulary

    private static let secondsPerColumn = 0.02

    /// - Parameters:
    ///   - text: the text tokens of the window, without timestamps.
    ///   - frames: frames of 10 ms of audio in the window.
    func align(
        _ text: [Int], audio: EncodedAudio, frames: Int, language: String?, task: TranscriptionRequest.Task,
        permit: WorkPermit?
    ) throws -> [AlignedWord] {
        let columns = frames / 2
        guard !text.isEmpty, columns > 0 else { return [] }
        let start = special.startSequence(language: language, task: task)
        let tokens = start + [special.noTimestamps] + text + [special.endOfText]
        guard tokens.count <= network.maximumTokens else { return [] }
        let (logits, attention) = try network.align(tokens, audio: audio, permit: permit)
        let matrix = try Self.attention(attention.heads, tokens: tokens.count, columns: columns) { layer in
            try permit?.checkpoint()
            return (attention.layers[layer].shape, try attention.layers[layer].floats())
        }
        let rows = start.count..<tokens.count - 1
        let cost = matrix[rows.lowerBound * columns..<rows.upperBound * columns].map { -$0 }
        let path = DynamicTimeWarping.path(cost, rows: rows.count, columns: columns)
        return words(
            text, language: language, times: rowStarts(path),
            probabilities: try probabilities(of: text, logits: logits, from: start.count))
    }

    /// When the path first reaches each row, in seconds.
    private func rowStarts(_ path: [(row: Int, column: Int)]) -> [Double] {
        path.indices.filter { $0 == 0 || path[$0].row != path[$0 - 1].row }
            .map { Double(path[$0].column) * Self.secondsPerColumn }
    }

    private func words(_ text: [Int], language: String?, times: [Double], probabilities: [Double]) -> [AlignedWord] {
        let pieces = WordSplitter(vocabulary: vocabulary, special: special).split(text, language: language)
        var words: [AlignedWord] = []
        var position = 0
        for piece in pieces {
            let next = position + piece.tokens.count
            guard next < times.count else { break }
            let mean = probabilities[position..<next].reduce(0, +) / Double(piece.tokens.count)
            words.append(
                AlignedWord(
                    text: piece.text, tokens: piece.tokens, start: times[position], end: times[next], probability: mean)
            )
            position = next
        }
        return words
    }

    /// The probability that the model gave each text token, among text tokens.
    private func probabilities(of text: [Int], logits: Tensor, from first: Int) throws -> [Double] {
        var row = [Float](repeating: 0, count: network.vocabularySize)
        return try text.enumerated().map { index, token in
            try logits.copyLogits(row: 0, position: first + index, into: &row)
            return row.withUnsafeBufferPointer {
                Double(LogitMath.probability(of: token, in: UnsafeBufferPointer(rebasing: $0[..<special.endOfText])))
            }
        }
    }

    /// Mean over `heads` of the attention `[tokens, columns]`: standardised over the tokens, smoothed over time.
    ///
    /// - Parameter read: the attentions of one layer, `[1, heads, tokens, columns]` or larger; called once for consecutive heads of a layer,
    ///   since a layer takes megabytes.
    static func attention(
        _ heads: [AlignmentHead], tokens: Int, columns: Int,
        read: (_ layer: Int) throws -> (shape: [Int], values: [Float])
    ) throws -> [Float] {
        var mean = [Float](repeating: 0, count: tokens * columns)
        var layer: (index: Int, shape: [Int], values: [Float])?
        for head in heads {
            if layer?.index != head.layer {
                let (shape, values) = try read(head.layer)
                layer = (head.layer, shape, values)
            }
            guard let layer, layer.shape.count == 4, head.head < layer.shape[1], tokens <= layer.shape[2],
                columns <= layer.shape[3]
            else {
                throw ServiceError(
                    .internal,
                    "The speech model gave attentions of shape \(layer?.shape ?? []), without the head \(head.head).")
            }
            let start = head.head * layer.shape[2] * layer.shape[3]
            var weights = cropped(
                layer.values[start..<start + tokens * layer.shape[3]], width: layer.shape[3], columns: columns)
            standardise(&weights, rows: tokens, columns: columns)
            for token in 0..<tokens {
                let row = token * columns..<(token + 1) * columns
                for (index, value) in zip(row, medianFilter(Array(weights[row]))) { mean[index] += value }
            }
        }
        return mean.map { $0 / Float(heads.count) }
    }

    /// The first `columns` of each row of `width`, scaled to sum 1 again.
    private static func cropped(_ head: ArraySlice<Float>, width: Int, columns: Int) -> [Float] {
        stride(from: head.startIndex, to: head.endIndex, by: width).flatMap { start in
            let row = head[start..<start + columns]
            let sum = row.reduce(0, +)
            return row.map { sum > 0 ? $0 / sum : 0 }
        }
    }

    /// Subtracts each column's mean and divides by its (population) standard deviation.
    private static func standardise(_ weights: inout [Float], rows: Int, columns: Int) {
        for column in 0..<columns {
            let indices = stride(from: column, to: rows * columns, by: columns)
            let mean = indices.reduce(0.0) { $0 + Double(weights[$1]) } / Double(rows)
            let variance = indices.reduce(0.0) { $0 + pow(Double(weights[$1]) - mean, 2) } / Double(rows)
            let deviation = variance > 0 ? variance.squareRoot() : 1
            for index in indices { weights[index] = Float((Double(weights[index]) - mean) / deviation) }
        }
    }
}
