import Foundation
import OnnxGraph

extension WhisperGraphWriter {
    /// The decoder, for whole prompts and single steps alike.
    ///
    /// Inputs: `input_ids` [rows, tokens]; `past.LAYER.key` and `.value` [rows, heads, tokens before, width of a head], of no tokens at
    /// first; what the encoder made; `logit_positions`, the places in `input_ids` whose logits are wanted; `wants_alignment`.
    /// Outputs: `logits` [rows, places, vocabulary]; `present.LAYER.key` and `.value`, the next step's past; `alignment`
    /// [1, alignment heads, rows × tokens, positions], where these heads look in the audio; without values unless it was wanted.
    ///
    /// - Parameter alignmentHeads: the heads whose attention follows the words.
    mutating func buildDecoder(alignmentHeads: [AlignmentHead]) throws {
        let (width, heads) = (architecture.width, architecture.decoderHeads)
        builder.input("input_ids", .int64, dimensions: [.named("rows"), .named("tokens")])
        builder.input("logit_positions", .int64, dimensions: [.named("places")])
        builder.input("wants_alignment", .bool, dimensions: [])
        builder.output("logits", [.named("rows"), .named("places"), .fixed(architecture.vocabularySize)])
        for layer in 0..<architecture.decoderLayers {
            for kind in ["key", "value"] {
                let sizes = [OnnxGraphBuilder.Dimension.fixed(heads), .named("before"), .fixed(width / heads)]
                builder.input("past.\(layer).\(kind)", .float32, dimensions: [.named("rows")] + sizes)
                builder.output(
                    "present.\(layer).\(kind)",
                    [.named("rows"), .fixed(heads), .named("after"), .fixed(width / heads)])
            }
            declareCrossAttention(layer)
        }
        let table = try matrix(
            "decoder.embed_tokens.weight",
            try floats("decoder.embed_tokens.weight", [architecture.vocabularySize, width]),
            outputs: architecture.vocabularySize, inputs: width, by: .blocks)
        var states = try embeddedTokens(table)
        let shapes = CrossShapes(&builder, width: width)
        var queries: [String] = []
        for layer in 0..<architecture.decoderLayers {
            let attended = try selfAttention(layer, states)
            let (mixed, query) = try crossAttention(layer, attended, shapes: shapes)
            queries.append(query)
            states = try feedForward(
                "decoder.layers.\(layer).", mixed, inner: architecture.decoderInner, by: .blocks)
        }
        let wanted = builder.node("Gather", [states, "logit_positions"], attributes: ["axis": .int(1)])
        _ = multiply(try layerNorm("decoder.layer_norm", wanted), table, bias: nil, output: "logits")
        addAlignment(alignmentHeads, queries)
    }

    /// Attention to the audio takes the tokens of all rows as one row: none of them hides from another, and the audio is read once.
    private struct CrossShapes {
        /// [1, rows × tokens, width]
        let one: String
        /// [rows, tokens, width]
        let rows: String

        init(_ builder: inout OnnxGraphBuilder, width: Int) {
            one = builder.constant("one_row", [1, -1, Int64(width)], shape: [3])
            let size = builder.constant("width", [Int64(width)], shape: [1])
            rows = builder.node(
                "Concat", [builder.node("Shape", ["input_ids"]), size], attributes: ["axis": .int(0)])
        }
    }

    private mutating func embeddedTokens(_ table: Matrix) throws -> String {
        let width = architecture.width
        let positions = try weight("decoder.embed_positions.weight", [architecture.textPositions, width])
        let before = length(of: "past.0.key", axis: 2)
        let after = builder.node("Add", [before, length(of: "input_ids", axis: 1)])
        let places = builder.node("Slice", [positions, before, after])
        return builder.node("Add", [rows(of: table), places])
    }

    private mutating func length(of input: String, axis: Int64) -> String {
        let index = builder.constant("axis_\(axis)", [axis], shape: [1])
        return builder.node("Gather", [builder.node("Shape", [input]), index])
    }

    /// The rows of the table of tokens, [rows, tokens, width], from the same weights that the logits are multiplied with.
    private mutating func rows(of table: Matrix) -> String {
        switch table {
        case .floats(let weights): return builder.node("Gather", [weights, "input_ids"])
        case .perOutput(let values, let scales):
            let columns = builder.node("Gather", [values, "input_ids"], attributes: ["axis": .int(1)])
            let integers = builder.node("Transpose", [columns], attributes: ["perm": .ints([1, 2, 0])])
            return scaled(integers, scales, middle: nil)
        case .blocks(let values, let scales, _, _, _):
            let blocks = builder.node("Gather", [values, "input_ids"])
            let whole = builder.constant("token_shape", [0, 0, Int64(architecture.width)], shape: [3])
            return builder.node("Reshape", [scaled(blocks, scales, middle: 128), whole])
        }
    }

    private mutating func scaled(_ integers: String, _ scales: String, middle: Float?) -> String {
        var floats = builder.node("Cast", [integers], attributes: ["to": .type(.float32)])
        if let middle { floats = builder.node("Sub", [floats, builder.constant("middle", middle)]) }
        let last = builder.constant("last_axis", [-1], shape: [1])
        let factors = builder.node("Unsqueeze", [builder.node("Gather", [scales, "input_ids"]), last])
        return builder.node("Mul", [floats, factors])
    }

    private mutating func selfAttention(_ layer: Int, _ input: String) throws -> String {
        let (name, width) = ("decoder.layers.\(layer).", architecture.width)
        let normal = try layerNorm(name + "self_attn_layer_norm", input)
        let stacked = try linear(
            ["q_proj", "k_proj", "v_proj"].map { name + "self_attn." + $0 }, normal, from: width, to: width,
            by: .blocks)
        let attended = name + "self_attended"
        builder.node(
            "MultiHeadAttention",
            split(stacked, into: 3) + ["", "", "", "past.\(layer).key", "past.\(layer).value"], domain: .engine,
            attributes: ["num_heads": .int(Int64(architecture.decoderHeads)), "unidirectional": .int(1)],
            outputs: [attended, "present.\(layer).key", "present.\(layer).value"])
        return builder.node(
            "Add", [input, try linear([name + "self_attn.out_proj"], attended, from: width, to: width, by: .blocks)])
    }

    private mutating func crossAttention(
        _ layer: Int, _ input: String, shapes: CrossShapes
    ) throws -> (output: String, query: String) {
        let (name, width) = ("decoder.layers.\(layer).", architecture.width)
        let normal = try layerNorm(name + "encoder_attn_layer_norm", input)
        let query = builder.node(
            "Reshape",
            [try linear([name + "encoder_attn.q_proj"], normal, from: width, to: width, by: .blocks), shapes.one])
        let attended = attention(layer, query)
        let mixed = try linear(
            [name + "encoder_attn.out_proj"], builder.node("Reshape", [attended, shapes.rows]), from: width, to: width,
            by: .blocks)
        return (builder.node("Add", [input, mixed]), query)
    }

    /// Computes the attention of some heads once more, because the engine's operator keeps it to itself; only if it is wanted.
    private mutating func addAlignment(_ heads: [AlignmentHead], _ queries: [String]) {
        var wanted = OnnxGraphBuilder(name: "aligned", dataFile: "")
        let shape = wanted.constant(
            "aligned_shape",
            [1, -1, Int64(architecture.decoderHeads), Int64(architecture.width / architecture.decoderHeads)], shape: [4]
        )
        let scale = wanted.constant(
            "aligned_scale", 1 / Float(architecture.width / architecture.decoderHeads).squareRoot())
        let layers = Dictionary(grouping: heads, by: \.layer).sorted { $0.key < $1.key }
        let attentions = layers.map { layer, heads in
            let indices = wanted.constant(
                "aligned_heads_\(layer)", heads.map { Int64($0.head) }, shape: [Int64(heads.count)])
            let query = wanted.node("Reshape", [queries[layer], shape])
            let own = wanted.node(
                "Transpose", [wanted.node("Gather", [query, indices], attributes: ["axis": .int(2)])],
                attributes: ["perm": .ints([0, 2, 1, 3])])
            let keys = crossKeys(layer, heads: indices, in: &wanted)
            let turned = wanted.node("Transpose", [keys], attributes: ["perm": .ints([0, 1, 3, 2])])
            let scores = wanted.node("Mul", [wanted.node("MatMul", [own, turned]), scale])
            return wanted.node("Softmax", [scores], attributes: ["axis": .int(-1)])
        }
        let all = wanted.node("Concat", attentions, attributes: ["axis": .int(1)])
        let dimensions: [OnnxGraphBuilder.Dimension] = [
            .named("one"), .named("heads"), .named("all_tokens"), .named("positions"),
        ]
        wanted.output(wanted.node("Identity", [all], output: "aligned"), dimensions)

        var unwanted = OnnxGraphBuilder(name: "unaligned", dataFile: "")
        let nothing = unwanted.constant("nothing", floats: [], shape: [0, 0, 0, 0])
        unwanted.output(unwanted.node("Identity", [nothing], output: "unaligned"), dimensions)

        _ = builder.node(
            "If", ["wants_alignment"], attributes: ["then_branch": .graph(wanted), "else_branch": .graph(unwanted)],
            output: "alignment")
        builder.output("alignment", dimensions)
    }
}
