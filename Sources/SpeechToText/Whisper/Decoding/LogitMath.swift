import Foundation

/// Arithmetic on rows of logits, one number a token of the vocabulary.
enum LogitMath {
    /// Values this far below the largest change a single-precision sum of 52,000 by less than its last bit.
    private static let negligible: Float = -30

    /// log Σ exp(x); −∞ when nothing is allowed.
    static func logSumExp(_ row: UnsafeBufferPointer<Float>) -> Float {
        var peak = -Float.infinity
        for value in row where value > peak { peak = value }
        guard peak > -.infinity else { return peak }
        var sum = 0.0
        for value in row {
            let distance = value - peak
            if distance > negligible { sum += Double(exp(distance)) }
        }
        return peak + Float(log(sum))
    }

    /// The index of the largest value, the first of equals.
    static func argMax(_ row: UnsafeBufferPointer<Float>) -> Int {
        var best = 0
        var peak = -Float.infinity
        for index in row.indices where row[index] > peak {
            peak = row[index]
            best = index
        }
        return best
    }

    /// The indices of the `count` largest values, largest first, the first of equals first.
    static func top(_ count: Int, of row: UnsafeBufferPointer<Float>) -> [Int] {
        var best: [Int] = []
        best.reserveCapacity(count + 1)
        for index in row.indices {
            let value = row[index]
            if best.count == count, let last = best.last, value <= row[last] { continue }
            let place = best.firstIndex { row[$0] < value } ?? best.count
            best.insert(index, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }

    /// exp(row[index]) / Σ exp(row).
    static func probability(of index: Int, in row: UnsafeBufferPointer<Float>) -> Float {
        exp(row[index] - logSumExp(row))
    }

    /// Draws an index with probability softmax(row / temperature).
    static func sample(
        _ row: UnsafeBufferPointer<Float>, temperature: Float, using generator: inout some RandomNumberGenerator
    ) -> Int {
        let peak = row.max() ?? -.infinity
        var total = 0.0
        for value in row { total += Double(exp((value - peak) / temperature)) }
        var remaining = Double.random(in: 0..<1, using: &generator) * total
        var last = 0
        for index in row.indices {
            let weight = Double(exp((row[index] - peak) / temperature))
            guard weight > 0 else { continue }
            last = index
            remaining -= weight
            if remaining < 0 { return index }
        }
        return last
    }
}

/// SplitMix64: a small generator with a seed, so that a transcription can be repeated.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
