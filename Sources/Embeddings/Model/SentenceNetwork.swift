import BridgeSupport
import Foundation
import OnnxRuntime
import WorkScheduling

/// The ONNX half of a sentence encoder: padded batches in, pooled unit vectors out.
struct SentenceNetwork: Sendable {
    /// Relative path of the ONNX file.
    let file: String
    let dimension: Int

    private let modelID: String
    private let session: InferenceSession
    /// For many texts; nil where it is not worth its memory.
    private let crowd: CrowdSession?
    private let output: String
    /// Whether the graph pools itself.
    private let isPooled: Bool
    private let pooling: [PoolingMode]
    /// Values per row of the output.
    private let width: Int

    /// A key of the metadata of graphs that this program writes; those of its development builds lack it.
    static let formatKey = "format"
    /// Counted up whenever older programs could not run the graphs that this one writes.
    static let format = 1

    private static let knownInputs: Set = ["input_ids", "attention_mask", "token_type_ids"]

    init(
        modelID: String, directory: URL, runtime: OnnxRuntime, _ configuration: SentenceEncoderConfiguration
    ) throws(ServiceError) {
        let file = try onnxFile(in: directory, modelID: modelID)
        let path = directory.appending(path: file).path
        crowd = CrowdSession(runtime, modelAt: path)
        do {
            session = try InferenceSession(
                runtime, modelAt: path,
                // Lengths differ from run to run.
                options: .init(memoryPattern: false))
        } catch {
            let hasWeights = FileManager.default.fileExists(atPath: directory.appending(path: "model.safetensors").path)
            let weights = hasWeights ? ", or not the weights in model.safetensors" : ""
            throw .unusableModel(
                modelID, file: file, reason: "the inference engine does not accept it\(weights)", cause: error)
        }
        let metadata = session.metadata
        if metadata.producer == "jarvis-bridges", let format = metadata.custom[Self.formatKey],
            format != "\(Self.format)"
        {
            throw .unusableModel(
                modelID, file: file,
                reason:
                    "a newer version of this program made it (its format is \(format.prefix(20)), and \(Self.format) is known here), which is the one to use"
            )
        }
        self.modelID = modelID
        self.file = file
        try Self.check(session.inputs, modelID: modelID, file: file)
        guard let output = Self.output(among: session.outputs) else {
            throw .unusableModel(modelID, file: file, reason: "it has no output of token or sentence vectors")
        }
        self.output = output.name
        isPooled = output.shape.count == 2
        pooling = configuration.pooling
        guard let width = output.shape.last.flatMap(\.self) ?? configuration.tokenDimension, width > 0 else {
            throw .unusableModel(
                modelID, file: file, reason: "neither it nor the pooling configuration names the vector length")
        }
        self.width = width
        dimension = isPooled ? width : width * pooling.count
    }

    private static func check(
        _ inputs: [InferenceSession.ValueInfo], modelID: String, file: String
    ) throws(ServiceError) {
        let names = inputs.map(\.name)
        if let unknown = names.first(where: { !knownInputs.contains($0) }) {
            throw .unusableModel(
                modelID, file: file, reason: "it needs the input \"\(unknown)\", which no sentence encoder has")
        }
        guard names.contains("input_ids"), inputs.allSatisfy({ [.int64, .int32].contains($0.elementType) }) else {
            throw .unusableModel(modelID, file: file, reason: "it does not take token ids")
        }
    }

    /// Sentence vectors if the graph outputs them, otherwise the vectors of the tokens.
    private static func output(among outputs: [InferenceSession.ValueInfo]) -> InferenceSession.ValueInfo? {
        let floats = outputs.filter { [.float32, .float16, .float64].contains($0.elementType) }
        return floats.first { $0.name == "sentence_embedding" && $0.shape.count == 2 }
            ?? floats.first { $0.shape.count == 3 }
    }

    /// The unit vectors of `texts`, each a list of token ids.
    ///
    /// - Parameter whenCoreIsFree: see ``EmbeddingBackend``.
    func run(
        _ texts: [[Int32]], paddingID: Int32, ticket: WorkTicket, whenCoreIsFree: @escaping @Sendable () -> Void
    ) async throws -> [[Float]] {
        do {
            let facts: StageFacts = [
                "jarvis.texts": .number(texts.count), "jarvis.tokens": .number(texts.reduce(0) { $0 + $1.count }),
            ]
            let parts = crowd?.parts(of: texts) ?? [texts]
            let inputs = try parts.map { try feeds($0, paddingID: paddingID) }
            // A text longer than a batch may be is one alone, and takes as long as it takes.
            let results = try await ticket.withPermit(as: .inference, facts) { [session, crowd, output] permit in
                if inputs.count > 1, let crowd = crowd?.session() {
                    return try crowd.runAtOnce(
                        inputs, outputs: [output], permit: permit, whenCoreIsFree: whenCoreIsFree)
                }
                return try inputs.map {
                    try session.run($0, outputs: [output], permit: permit, mayRepeat: texts.count == 1)
                }
            }
            return try zip(parts, results).flatMap { try vectors(of: $0, in: $1) }
        } catch let error as OnnxRuntimeError {
            throw failure("the engine failed", error)
        }
    }

    private func vectors(of texts: [[Int32]], in results: [String: Tensor]) throws -> [[Float]] {
        guard let result = results[output] else {
            throw failure("it gave no output", nil)
        }
        let lengths = texts.map(\.count)
        let longest = lengths.max() ?? 0
        let expected = isPooled ? [texts.count, width] : [texts.count, longest, width]
        guard result.shape == expected else {
            throw failure("its output has the shape \(result.shape) instead of \(expected)", nil)
        }
        let pooled: [[Float]] =
            result.elementType == .float32
            ? try result.withValues(as: Float.self) { vectors($0, lengths: lengths, longest: longest) }
            : try result.floats().withUnsafeBufferPointer { vectors($0, lengths: lengths, longest: longest) }
        // They would be cached, and JSON cannot represent them.
        guard pooled.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw failure("its vectors are no numbers", nil)
        }
        return pooled
    }

    private func failure(_ reason: String, _ cause: (any Error)?) -> ServiceError {
        .failedModel("embedding model", id: modelID, file: file, reason: reason, cause: cause)
    }

    private func feeds(_ texts: [[Int32]], paddingID: Int32) throws -> [String: Tensor] {
        let longest = texts.map(\.count).max() ?? 0
        var feeds: [String: Tensor] = [:]
        for input in session.inputs {
            let value: @Sendable (Int, Int) -> Int32 =
                switch input.name {
                case "input_ids": { text, position in position < texts[text].count ? texts[text][position] : paddingID }
                case "attention_mask": { text, position in position < texts[text].count ? 1 : 0 }
                // A text alone is always the first segment.
                default: { _, _ in 0 }
                }
            let shape = [texts.count, longest]
            feeds[input.name] =
                input.elementType == .int32
                ? try matrix(shape, of: Int32.self, value) : try matrix(shape, of: Int64.self, value)
        }
        return feeds
    }

    private func matrix<E: TensorElement & FixedWidthInteger>(
        _ shape: [Int], of type: E.Type, _ value: (Int, Int) -> Int32
    ) throws -> Tensor {
        try Tensor(shape: shape, of: type) { buffer in
            for row in 0..<shape[0] {
                for column in 0..<shape[1] { buffer[row * shape[1] + column] = E(value(row, column)) }
            }
        }
    }

    private func vectors(_ values: UnsafeBufferPointer<Float>, lengths: [Int], longest: Int) -> [[Float]] {
        lengths.enumerated().map { index, length in
            if isPooled { return normalized(Array(values[(index * width)..<((index + 1) * width)])) }
            let start = index * longest * width
            let vectors = pooling.map {
                $0.pool(values[start..<(start + length * width)], count: length, dimension: width)
            }
            return normalized(vectors.count == 1 ? vectors[0] : Array(vectors.joined()))
        }
    }
}
