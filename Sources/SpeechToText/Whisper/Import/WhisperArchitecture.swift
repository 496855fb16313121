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

    /// - Parameter configuration: says how many heads there are, where the weights do not.
    /// - Throws: `ServiceError` naming the tensor that is missing, or that fits no Whisper.
    init(_ weights: WhisperWeights, _ configuration: ImportedConfiguration) throws {
        let convolution = try Self.shape(of: "encoder.conv1.weight", rank: 3, in: weights)
        (width, melBins) = (convolution[0], convolution[1])
        vocabularySize = try Self.shape(of: "decoder.embed_tokens.weight", rank: 2, in: weights)[0]
        audioPositions = try Self.shape(of: "encoder.embed_positions.weight", rank: 2, in: weights)[0]
        textPositions = try Self.shape(of: "decoder.embed_positions.weight", rank: 2, in: weights)[0]
        encoderLayers = Self.layers("encoder", in: weights)
        decoderLayers = Self.layers("decoder", in: weights)
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
        for heads in [encoderHeads, decoderHeads] {
            guard heads > 0, width > 0, width % heads == 0 else {
                throw conversionFailure(
                    weights.mainFile, "its width of \(width) cannot be divided among \(heads) heads")
            }
        }
    }

    private static func shape(of name: String, rank: Int, in weights: WhisperWeights) throws -> [Int] {
        guard let shape = weights.shape(of: name) else {
            throw conversionFailure(weights.mainFile, "it lacks the tensor \"\(name)\", so it is no Whisper network")
        }
        guard shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
            throw conversionFailure(weights.mainFile, "its tensor \"\(name)\" has the shape \(shape)")
        }
        return shape
    }

    private static func layers(_ stack: String, in weights: WhisperWeights) -> Int {
        var count = 0
        while weights.shape(of: "\(stack).layers.\(count).fc1.weight") != nil { count += 1 }
        return count
    }
}

/// What an importer reads from `config.json`. CTranslate2's lacks all of it.
struct ImportedConfiguration: Decodable {
    var model_type: String?
    var activation_function: String?
    var scale_embedding: Bool?
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
