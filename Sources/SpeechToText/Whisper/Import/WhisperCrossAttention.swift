import OnnxGraph

/// The decoder's attention to the audio. Its keys and values are the same for all tokens of a window, so the encoder computes them, once.
///
/// From one graph to the other go `cross.LAYER.key` and `cross.LAYER.value`, [1, heads, positions, width of a head], which all rows of
/// the decoder share. Each token reads all of them, in floats 37 MB for whisper-base, and memory is slower than arithmetic; so networks of
/// 8 bits pass integers of 8 bits, and `cross.LAYER.key_scale` and `…value_scale`, [1, heads, 1, width of a head]. Every channel of a
/// head has its own scale, because channels differ in size far more than positions do (Liu et al. 2024, "KIVI").
extension WhisperGraphWriter {
    private var isQuantized: Bool { precision == .int8 }
    private var headWidth: Int { architecture.width / architecture.decoderHeads }
    private var crossDimensions: [OnnxGraphBuilder.Dimension] {
        [.fixed(1), .fixed(architecture.decoderHeads), .named("positions"), .fixed(headWidth)]
    }
    private var scaleDimensions: [OnnxGraphBuilder.Dimension] {
        [.fixed(1), .fixed(architecture.decoderHeads), .fixed(1), .fixed(headWidth)]
    }

    private func names(_ layer: Int) -> [String] { ["cross.\(layer).key", "cross.\(layer).value"] }

    // MARK: In the encoder

    /// Computes one layer's keys and values.
    ///
    /// - Parameter audio: the encoder's states, [1, positions, width].
    mutating func writeCrossAttention(_ layer: Int, of audio: String) throws {
        let (width, heads) = (architecture.width, architecture.decoderHeads)
        let name = "decoder.layers.\(layer).encoder_attn."
        var both = try linear([name + "k_proj", name + "v_proj"], audio, from: width, to: width, by: .perOutput)
        if isQuantized {
            let scales = channelScales(both)
            // The engine's QuantizeLinear takes ten times as long where each of the last axis's numbers has a scale.
            let rounded = builder.node("Round", [builder.node("Div", [both, scales])])
            both = builder.node("Cast", [rounded], attributes: ["to": .type(.int8)])
            let shape = builder.constant("scales_shape", [1, Int64(heads), 1, Int64(headWidth)], shape: [4])
            for (part, name) in zip(split(scales, into: 2), names(layer)) {
                builder.output(
                    builder.node("Reshape", [part, shape], output: name + "_scale"), scaleDimensions)
            }
        }
        let shape = builder.constant("heads_shape", [0, 0, Int64(heads), Int64(headWidth)], shape: [4])
        for (part, name) in zip(split(both, into: 2), names(layer)) {
            builder.output(
                self.heads(part, shape: shape, output: name), crossDimensions, type: isQuantized ? .int8 : .float32)
        }
    }

    /// What the integer 1 stands for in each channel: the largest value becomes 127.
    private mutating func channelScales(_ values: String) -> String {
        let axes = builder.constant("all_positions", [0, 1], shape: [2])
        let largest = builder.node(
            "ReduceMax", [builder.node("Abs", [values]), axes], attributes: ["keepdims": .int(0)])
        let scales = builder.node("Div", [largest, builder.constant("largest_integer", 127)])
        // A channel of zeros only must not divide by zero.
        return builder.node("Max", [scales, builder.constant("smallest_scale", 1e-20)])
    }

    // MARK: In the decoder

    /// Declares what the encoder passes on for one layer.
    mutating func declareCrossAttention(_ layer: Int) {
        for name in names(layer) {
            builder.input(name, isQuantized ? .int8 : .float32, dimensions: crossDimensions)
            guard isQuantized else { continue }
            builder.input(name + "_scale", .float32, dimensions: scaleDimensions)
            builder.output(ImportedNetwork.kept(name), crossDimensions, type: .int8)
        }
    }

    /// Where one layer looks in the audio.
    ///
    /// - Parameter query: [1, rows × tokens, width]: all tokens as one row, for none of them hides from another.
    /// - Returns: what it finds there, of the same shape.
    mutating func attention(_ layer: Int, _ query: String) -> String {
        let names = names(layer)
        let heads = Int64(architecture.decoderHeads)
        guard isQuantized else {
            return builder.node(
                "MultiHeadAttention", [query] + names, domain: .engine, attributes: ["num_heads": .int(heads)])
        }
        // The operator is made for text that grows, where new keys and values go to the end of a cache; here none do. It insists on writing
        // the cache nevertheless: the code that runs the graph gives it the same memory for that, and nothing moves.
        let nothingNew = builder.constant("nothing_new", floats: [], shape: [1, 0, Int64(architecture.width)])
        let positions = positionCount()
        let found = "attended.\(layer)"
        builder.node(
            "GroupQueryAttention",
            [query, nothingNew, nothingNew] + names + [positions.last, positions.all, "", "", "", "", ""]
                + names.map { $0 + "_scale" },
            domain: .engine,
            attributes: [
                "num_heads": .int(heads), "kv_num_heads": .int(heads), "causal": .int(0),
                "k_quant_type": .string("PER_CHANNEL"), "v_quant_type": .string("PER_CHANNEL"),
                "kv_cache_bit_width": .int(8),
            ], outputs: [found] + names.map(ImportedNetwork.kept))
        return found
    }

    /// The keys of some heads, as floats.
    ///
    /// - Parameter heads: the name of their indices.
    func crossKeys(_ layer: Int, heads: String, in branch: inout OnnxGraphBuilder) -> String {
        let key = names(layer)[0]
        let picked = branch.node("Gather", [key, heads], attributes: ["axis": .int(1)])
        guard isQuantized else { return picked }
        let floats = branch.node("Cast", [picked], attributes: ["to": .type(.float32)])
        let scales = branch.node("Gather", [key + "_scale", heads], attributes: ["axis": .int(1)])
        return branch.node("Mul", [floats, scales])
    }

    /// The number of positions, and the number of the last one, counted from 0, [1].
    private mutating func positionCount() -> (all: String, last: String) {
        let shape = builder.node("Shape", ["cross.0.key"])
        let all = builder.node("Gather", [shape, builder.constant("positions_axis", [2], shape: [])])
        let one = builder.constant("one", [1], shape: [1])
        return (integer32(all), integer32(builder.node("Sub", [all, one])))
    }

    private mutating func integer32(_ value: String) -> String {
        builder.node("Cast", [value], attributes: ["to": .type(.int32)])
    }
}
