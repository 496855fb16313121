import Foundation
import OnnxGraph

extension WhisperGraphWriter {
    /// The encoder: log-mel features [1, mel bands, frames] of any length to the keys and values of the decoder's attention to the audio,
    /// which `WhisperCrossAttention.swift` describes.
    mutating func buildEncoder() throws {
        builder.input(
            "input_features", .float32, dimensions: [.fixed(1), .fixed(architecture.melBins), .named("frames")])
        var states = try embeddedFeatures()
        for layer in 0..<architecture.encoderLayers {
            states = try encoderLayer("encoder.layers.\(layer).", states)
        }
        let audio = try layerNorm("encoder.layer_norm", states)
        for layer in 0..<architecture.decoderLayers { try writeCrossAttention(layer, of: audio) }
    }

    private mutating func embeddedFeatures() throws -> String {
        let width = architecture.width
        let first = try convolution("encoder.conv1", "input_features", channels: architecture.melBins, stride: 1)
        let second = try convolution("encoder.conv2", first, channels: width, stride: 2)
        let rows = builder.node("Transpose", [second], attributes: ["perm": .ints([0, 2, 1])])
        let positions = try weight("encoder.embed_positions.weight", [architecture.audioPositions, width])
        let count = builder.node(
            "Gather", [builder.node("Shape", [rows]), builder.constant("position_axis", [1], shape: [1])])
        let start = builder.constant("first_position", [0], shape: [1])
        return builder.node("Add", [rows, builder.node("Slice", [positions, start, count])])
    }

    private mutating func convolution(_ name: String, _ input: String, channels: Int, stride: Int64) throws -> String {
        let parameters = [
            try weight(name + ".weight", [architecture.width, channels, 3]),
            try weight(name + ".bias", [architecture.width]),
        ]
        let convolved = builder.node(
            "Conv", [input] + parameters,
            attributes: ["kernel_shape": .ints([3]), "pads": .ints([1, 1]), "strides": .ints([stride])])
        return builder.node("Gelu", [convolved])
    }

    private mutating func encoderLayer(_ name: String, _ input: String) throws -> String {
        let width = architecture.width
        let normal = try layerNorm(name + "self_attn_layer_norm", input)
        let stacked = try linear(
            ["q_proj", "k_proj", "v_proj"].map { name + "self_attn." + $0 }, normal, from: width, to: width,
            by: .perOutput)
        let attended = builder.node(
            "MultiHeadAttention", split(stacked, into: 3), domain: .engine,
            attributes: ["num_heads": .int(Int64(architecture.encoderHeads))])
        let mixed = try linear([name + "self_attn.out_proj"], attended, from: width, to: width, by: .perOutput)
        return try feedForward(
            name, builder.node("Add", [input, mixed]), inner: architecture.encoderInner, by: .perOutput)
    }
}
