import BridgeSupport
import Foundation
import OnnxGraph
import OnnxRuntime
import WorkScheduling

/// The encoder and decoder that ``WhisperBackend/complete(_:having:precision:progress:)`` writes; `WhisperGraphWriter` describes their
/// inputs and outputs.
struct ImportedNetwork: WhisperNetwork {
    static let encoderFile = "encoder.onnx"
    static let decoderFile = "decoder.onnx"
    /// A key of the decoder's metadata: how many tokens prompt and answer may have together.
    static let textPositionsKey = "text_positions"

    /// A key of the metadata of both graphs: which form their inputs, outputs and caches have. Graphs from before 2.0 lack it.
    static let formatKey = "format"
    /// Counted up whenever older programs could not run the graphs that this one writes, or this one those of older programs.
    static let format = 1

    /// The output that the decoder writes an input back to, which nothing changes.
    static func kept(_ input: String) -> String { "kept." + input }

    /// The file beside a graph that holds its weights.
    static func dataFile(of graph: URL) -> URL { graph.deletingPathExtension().appendingPathExtension("onnx_data") }

    let melBins: Int
    let vocabularySize: Int
    let maximumTokens: Int
    let operation: String
    let canAlign = true
    let understandsShortContexts: Bool

    private let encoder: InferenceSession
    private let decoder: InferenceSession
    /// Picks rows of all caches, in the engine.
    private let gatherer: InferenceSession
    private let crossNames: [String]
    /// The names among them whose values the decoder insists on writing back.
    private let keptNames: [String]
    /// Ends of the names of caches: "0.key", "0.value", …
    private let cacheNames: [String]
    private let emptyPast: [String: Tensor]

    /// - Throws: `model_not_installed` when a file isn't what its name says, and what the engine throws when it can't be loaded.
    init(_ files: WhisperDirectory, decoderAt file: URL, runtime: OnnxRuntime) throws {
        encoder = try InferenceSession(runtime, modelAt: files.encoder.path(percentEncoded: false))
        decoder = try InferenceSession(runtime, modelAt: file.path(percentEncoded: false))
        for graph in [encoder, decoder] {
            if let reason = Self.mismatch(graph.metadata.custom[Self.formatKey]) { throw files.unusable(reason) }
        }
        crossNames = encoder.outputs.map(\.name).filter { $0.hasPrefix("cross.") }
        let produced = Set(decoder.outputs.map(\.name))
        keptNames = crossNames.filter { produced.contains(Self.kept($0)) }
        cacheNames = decoder.inputs.map(\.name).filter { $0.hasPrefix("past.") }.map {
            String($0.dropFirst("past.".count))
        }
        guard let mels = encoder.inputs.first?.shape.dropFirst().first ?? nil,
            let size = decoder.outputs.first(where: { $0.name == "logits" })?.shape.last ?? nil,
            size > SpecialTokens.timestampCount, !crossNames.isEmpty,
            Set(decoder.inputs.map(\.name)).isSuperset(of: crossNames),
            let positions = decoder.metadata.custom[Self.textPositionsKey].flatMap({ Int($0) }),
            positions >= WhisperArchitecture.fewestTextPositions
        else {
            throw files.unusable("its graphs are not those that this program makes of published weights")
        }
        (melBins, vocabularySize) = (mels, size)
        maximumTokens = min(4096, positions)
        operation = "run /\(file.lastPathComponent)"
        var empty: [String: Tensor] = [:]
        for input in decoder.inputs where input.name.hasPrefix("past.") {
            guard input.shape.count == 4, let heads = input.shape[1], let width = input.shape[3] else {
                throw files.unusable("the shape of its caches is unknown")
            }
            empty[input.name] = try Tensor([Float](), shape: [1, heads, 0, width])
        }
        emptyPast = empty
        // whisper-base and its fine-tunes; nothing is known of other sizes.
        let cross = decoder.inputs.filter { $0.name.hasPrefix("cross.") && !$0.name.hasSuffix("_scale") }.map(\.shape)
        understandsShortContexts = cross.count == 12 && cross.allSatisfy { $0.compactMap { $0 } == [1, 8, 64] }
        gatherer = try InferenceSession(runtime, modelData: [UInt8](try Self.gatheringGraph(cacheNames)))
    }

    /// Why graphs of a form cannot be run; nil if they can.
    static func mismatch(_ stated: String?) -> String? {
        guard let stated else { return "its graphs were made by a development build of this program" }
        guard let number = Int(stated), number > format else {
            return stated == "\(format)" ? nil : "its graphs were made by an older version of this program"
        }
        return
            "its graphs were made by a newer version of this program (their format is \(number), and \(format) is known here), which is the one to use"
    }

    /// Caches with other rows: `past.…` of any shape and `rows` to `present.…`.
    private static func gatheringGraph(_ names: [String]) throws -> Data {
        var builder = OnnxGraphBuilder(name: "gather", dataFile: "")
        let dimensions = ["rows", "heads", "tokens", "width"].map(OnnxGraphBuilder.Dimension.named)
        builder.input("rows", .int64, dimensions: [.named("wanted")])
        for name in names {
            builder.input("past.\(name)", .float32, dimensions: dimensions)
            builder.output(
                builder.node("Gather", ["past.\(name)", "rows"], output: "present.\(name)"),
                [.named("wanted")] + dimensions.dropFirst())
        }
        return try builder.model(producer: "jarvis-bridges", version: BridgeVersion.current)
    }

    func encode(_ features: [Float], permit: WorkPermit?) throws -> EncodedAudio {
        let input = try Tensor(features, shape: [1, melBins, features.count / melBins])
        return EncodedAudio(
            tensors: try encoder.run(["input_features": input], outputs: crossNames, permit: permit, mayRepeat: true))
    }

    func prefill(_ tokens: [Int], start: Int, audio: EncodedAudio, permit: WorkPermit?) throws -> (
        step: DecoderStep, startPlace: Int
    ) {
        let places = start == tokens.count - 1 ? [start] : [start, tokens.count - 1]
        let cache = DecoderCache(cross: audio.tensors, past: emptyPast, length: 0)
        return (try run(tokens, rows: 1, places: places, cache, permit: permit, mayRepeat: true), 0)
    }

    func append(_ tokens: [Int], to step: DecoderStep, permit: WorkPermit?) throws -> DecoderStep {
        guard !tokens.isEmpty else { return step }
        return try run(tokens, rows: 1, places: [tokens.count - 1], step.cache, permit: permit)
    }

    func step(_ tokens: [Int], cache: DecoderCache, permit: WorkPermit?) throws -> DecoderStep {
        try run(tokens, rows: tokens.count, places: [0], cache, permit: permit)
    }

    func gathering(_ rows: [Int], of cache: DecoderCache) throws -> DecoderCache {
        var inputs = cache.past
        inputs["rows"] = try Tensor(rows.map(Int64.init), shape: [rows.count])
        let outputs = try gatherer.runBlocking(inputs)
        return DecoderCache(cross: cache.cross, past: try past(outputs), length: cache.length)
    }

    func align(_ tokens: [Int], audio: EncodedAudio, permit: WorkPermit?) throws -> (
        logits: Tensor, attention: AlignmentAttention
    ) {
        let cache = DecoderCache(cross: audio.tensors, past: emptyPast, length: 0)
        let inputs = try inputs(tokens, rows: 1, places: Array(tokens.indices), cache, aligned: true)
        let outputs = try decoder.run(
            inputs, outputs: ["logits", "alignment"], inPlace: kept(cache), permit: permit, mayRepeat: true)
        let attention = try outputs.required("alignment")
        let heads = (0..<(attention.shape.dropFirst().first ?? 0)).map { AlignmentHead(layer: 0, head: $0) }
        return (try outputs.required("logits"), AlignmentAttention(heads: heads, layers: [attention]))
    }

    private func run(
        _ tokens: [Int], rows: Int, places: [Int], _ cache: DecoderCache, permit: WorkPermit?, mayRepeat: Bool = false
    ) throws -> DecoderStep {
        let inputs = try inputs(tokens, rows: rows, places: places, cache, aligned: false)
        let outputs = try decoder.run(
            inputs, outputs: ["logits"] + cacheNames.map { "present." + $0 }, inPlace: kept(cache), permit: permit,
            mayRepeat: mayRepeat)
        return DecoderStep(
            logits: try outputs.required("logits"),
            cache: DecoderCache(
                cross: cache.cross, past: try past(outputs), length: cache.length + tokens.count / rows))
    }

    private func inputs(
        _ tokens: [Int], rows: Int, places: [Int], _ cache: DecoderCache, aligned: Bool
    ) throws -> [String: Tensor] {
        var inputs = cache.past.merging(cache.cross) { past, _ in past }
        inputs["input_ids"] = try Tensor(tokens.map(Int64.init), shape: [rows, tokens.count / rows])
        inputs["logit_positions"] = try Tensor(places.map(Int64.init), shape: [places.count])
        inputs["wants_alignment"] = try Tensor([aligned], shape: [])
        return inputs
    }

    private func kept(_ cache: DecoderCache) -> [String: Tensor] {
        var kept: [String: Tensor] = [:]
        for name in keptNames { kept[Self.kept(name)] = cache.cross[name] }
        return kept
    }

    private func past(_ outputs: [String: Tensor]) throws -> [String: Tensor] {
        var past: [String: Tensor] = [:]
        for name in cacheNames { past["past." + name] = try outputs.required("present." + name) }
        return past
    }
}
