/// Weights of a linear layer as integers of 8 bits with scales, [outputs, inputs].
enum Quantization {
    /// Symmetric, one scale for each output.
    ///
    /// - Returns: the integers as [inputs, outputs], as the engine's products of integers take them, and the scales.
    static func perOutput(_ weights: [Float], outputs: Int, inputs: Int) -> (values: [Int8], scales: [Float]) {
        var scales = [Float](repeating: 1, count: outputs)
        let values = [Int8](unsafeUninitializedCapacity: outputs * inputs) { target, count in
            weights.withUnsafeBufferPointer { weights in
                for output in 0..<outputs {
                    let row = UnsafeBufferPointer(rebasing: weights[output * inputs..<(output + 1) * inputs])
                    let scale = scale(of: row)
                    scales[output] = scale
                    for input in 0..<inputs { target[input * outputs + output] = integer(row[input], scale) }
                }
            }
            count = outputs * inputs
        }
        return (values, scales)
    }

    /// Symmetric around 128, one scale for each block of an output's inputs, as `MatMulNBits` takes them.
    ///
    /// - Parameter block: divides the inputs.
    /// - Returns: integers and scales, output by output.
    static func blocks(of block: Int, _ weights: [Float]) -> (values: [UInt8], scales: [Float]) {
        let count = weights.count / block
        var scales = [Float](repeating: 1, count: count)
        let values = [UInt8](unsafeUninitializedCapacity: weights.count) { target, used in
            weights.withUnsafeBufferPointer { weights in
                for place in 0..<count {
                    let part = UnsafeBufferPointer(rebasing: weights[place * block..<(place + 1) * block])
                    let scale = scale(of: part)
                    scales[place] = scale
                    for index in 0..<block {
                        target[place * block + index] = UInt8(bitPattern: integer(part[index], scale)) &+ 128
                    }
                }
            }
            used = weights.count
        }
        return (values, scales)
    }

    /// 1 for zeros alone, which any scale leaves zero.
    private static func scale(of values: UnsafeBufferPointer<Float>) -> Float {
        var largest: Float = 0
        for value in values { largest = max(largest, abs(value)) }
        return largest > 0 ? largest / 127 : 1
    }

    private static func integer(_ value: Float, _ scale: Float) -> Int8 {
        // The quotient of the largest value may exceed 127 by a rounding error.
        Int8(max(-127, min(127, (value / scale).rounded(.toNearestOrEven))))
    }
}
