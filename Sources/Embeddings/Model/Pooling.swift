/// How the vectors of a text's tokens are combined into one, by the names of sentence-transformers.
enum PoolingMode: String, Sendable, Hashable {
    case cls
    case mean
    case max
    case meanSqrtLength = "mean_sqrt_len_tokens"
    case weightedMean = "weightedmean"
    case lastToken = "lasttoken"

    /// The pooled vector, `dimension` values.
    ///
    /// - Parameters:
    ///   - tokens: row-major [token, dimension] of one text, including special tokens, without padding.
    ///   - count: at least one token.
    func pool(_ tokens: Slice<UnsafeBufferPointer<Float>>, count: Int, dimension: Int) -> [Float] {
        let rows = UnsafeBufferPointer(rebasing: tokens)
        switch self {
        case .cls: return Array(rows[..<dimension])
        case .lastToken: return Array(rows[((count - 1) * dimension)..<(count * dimension)])
        case .mean: return sum(rows, count: count, dimension: dimension).map { $0 / Float(count) }
        case .meanSqrtLength:
            return sum(rows, count: count, dimension: dimension).map { $0 / Float(count).squareRoot() }
        case .weightedMean:
            let weights = Float(count * (count + 1) / 2)
            return sum(rows, count: count, dimension: dimension) { Float($0 + 1) }.map { $0 / weights }
        case .max:
            return (0..<dimension).map { column in
                stride(from: column, to: count * dimension, by: dimension).reduce(-Float.infinity) {
                    Swift.max($0, rows[$1])
                }
            }
        }
    }

    private func sum(
        _ rows: UnsafeBufferPointer<Float>, count: Int, dimension: Int, weight: (Int) -> Float = { _ in 1 }
    ) -> [Float] {
        var sum = [Float](repeating: 0, count: dimension)
        for row in 0..<count {
            let weight = weight(row)
            for column in 0..<dimension { sum[column] += rows[row * dimension + column] * weight }
        }
        return sum
    }
}

/// `vector` scaled to Euclidean length 1; a zero vector stays zero.
func normalized(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
    // The bound of torch.nn.functional.normalize.
    let scale = 1 / Swift.max(length, 1e-12)
    return vector.map { $0 * scale }
}
