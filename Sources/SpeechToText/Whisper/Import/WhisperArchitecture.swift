import OnnxGraph

/// The sizes of a Whisper network (Radford et al. 2022), as its weights show them.
struct WhisperArchitecture: Equatable {
    /// Width of all hidden states.
    var width: Int
    var melBins: Int
    var vocabularySize: Int
    /// Positions that the encoder knows, 20 ms each.
    var audioPositions: Int
    /// Prompt and answer together.
    var textPositions: Int
    var encoderLayers: Int
    var decoderLayers: Int
    var encoderHeads: Int
    var decoderHeads: Int
    /// Inner width of the feed-forward networks.
    var encoderInner: Int
    var decoderInner: Int

    /// Width of each head in all of OpenAI's networks.
    private static let usualHeadWidth = 64
    /// Heads as narrow as this hold next to nothing: a configuration that states them has mistaken their number.
    private static let narrowestHead = 8
    /// 30 s, to which all windows are cut and padded.
    static let audioPositions = 1500
    /// A prompt takes up to half of them, and the rest must do for a sentence. OpenAI's have 448.
    static let fewestTextPositions = 64

    /// - Parameter configuration: says how many heads there are, where the weights do not.
    /// - Throws: `ServiceError` naming the tensor that is missing, or that fits no Whisper.
    init(_ weights: WhisperWeights, _ configuration: ImportedConfiguration) throws {
        let convolution = try Self.shape(of: "encoder.conv1.weight", rank: 3, in: weights)
        (width, melBins) = (convolution[0], convolution[1])
        vocabularySize = try Self.shape(of: "decoder.embed_tokens.weight", rank: 2, in: weights)[0]
        audioPositions = try Self.shape(of: "encoder.embed_positions.weight", rank: 2, in: weights)[0]
        textPositions = try Self.shape(of: "decoder.embed_positions.weight", rank: 2, in: weights)[0]
        encoderLayers = try Self.layers("encoder", in: weights, stated: configuration.encoder_layers)
        decoderLayers = try Self.layers("decoder", in: weights, stated: configuration.decoder_layers)
        encoderInner = try Self.shape(of: "encoder.layers.0.fc1.weight", rank: 2, in: weights)[0]
        decoderInner = try Self.shape(of: "decoder.layers.0.fc1.weight", rank: 2, in: weights)[0]
        let usual = max(1, width / Self.usualHeadWidth)
        encoderHeads =
            weights.encoderHeads ?? configuration.encoder_attention_heads ?? configuration.decoder_attention_heads
            ?? usual
        decoderHeads = weights.decoderHeads ?? configuration.decoder_attention_heads ?? usual
        guard melBins == 80 || melBins == 128 else {
            throw conversionFailure(weights.mainFile, "it takes \(melBins) mel bands, and Whisper takes 80 or 128")
        }
        guard audioPositions == Self.audioPositions else {
            throw conversionFailure(
                weights.mainFile,
                "its encoder has \(audioPositions) positions, and Whisper's has \(Self.audioPositions), for 30 s")
        }
        guard textPositions >= Self.fewestTextPositions else {
            throw conversionFailure(
                weights.mainFile,
                "its decoder has \(textPositions) positions for tokens; \(Self.fewestTextPositions) are the least that a sentence needs"
            )
        }
        for heads in [encoderHeads, decoderHeads] {
            guard heads > 0, width > 0, width % heads == 0 else {
                throw conversionFailure(
                    weights.mainFile, "its width of \(width) cannot be divided among \(heads) heads")
            }
            guard width / heads >= Self.narrowestHead else {
                throw conversionFailure(
                    weights.headsFile,
                    "its \(heads) attention heads would be \(width / heads) wide each; Whisper's are \(Self.usualHeadWidth) wide"
                )
            }
        }
    }

    private static func shape(of name: String, rank: Int, in weights: WhisperWeights) throws -> [Int] {
        guard let shape = weights.shape(of: name) else { throw weights.missing(name) }
        guard shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
            throw conversionFailure(weights.mainFile, "its tensor \"\(name)\" has the shape \(shape)")
        }
        return shape
    }

    /// Counts up to the last layer of which there is anything, so that one in between cannot be missing unnoticed.
    ///
    /// - Parameter stated: by `config.json`, which alone tells of layers that are missing at the end.
    private static func layers(_ stack: String, in weights: WhisperWeights, stated: Int?) throws -> Int {
        let present = weights.layers(of: stack)
        let count = present.isEmpty ? 0 : (0...present.count).first { !present.contains($0) } ?? present.count
        guard count == present.count, count > 0 else {
            throw weights.missing("\(stack).layers.\(count).fc1.weight")
        }
        if let stated, stated != count {
            throw conversionFailure(
                weights.mainFile,
                stated > count
                    ? "config.json tells of \(stated) layers of the \(stack), and it lacks the tensor \"\(stack).layers.\(count).fc1.weight\""
                    : "it has \(count) layers of the \(stack), and config.json tells of \(stated)")
        }
        return count
    }
}

/// What an importer reads from `config.json`. CTranslate2's lacks all of it.
struct ImportedConfiguration: Decodable {
    var model_type: String?
    var activation_function: String?
    var scale_embedding: Bool?
    /// Whether the logits are made with the table of tokens; true if it is left out.
    var tie_word_embeddings: Bool?
    var encoder_layers: Int?
    var decoder_layers: Int?
    var encoder_attention_heads: Int?
    var decoder_attention_heads: Int?
    /// CTranslate2's own.
    var alignment_heads: [[Int]]?
    var suppress_ids: [Int]?
    var suppress_ids_begin: [Int]?

    /// Why the network is another one than ``WhisperGraphs`` builds; nil if it is not.
    var unsupported: String? {
        if let model_type, model_type != "whisper" { return "its model_type is \"\(model_type)\" and not \"whisper\"" }
        if let activation_function, activation_function != "gelu" {
            return "its activation_function is \"\(activation_function)\" and not \"gelu\""
        }
        return scale_embedding == true ? "it scales its embeddings, which Whisper does not" : nil
    }
}
