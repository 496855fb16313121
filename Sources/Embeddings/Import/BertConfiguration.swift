import BridgeSupport
import Foundation
import OnnxGraph

/// The description of a BERT network in `config.json`.
struct BertConfiguration: Decodable {
    var model_type: String
    var hidden_size: Int
    var intermediate_size: Int
    var num_hidden_layers: Int
    var num_attention_heads: Int
    var vocab_size: Int
    var max_position_embeddings: Int
    var type_vocab_size: Int
    var layer_norm_eps: Double?
    var hidden_act: String?
    var position_embedding_type: String?

    init(contentsOf url: URL) throws(ServiceError) {
        do {
            self = try JSONNode(parsing: [UInt8](Data(contentsOf: url))).decode(Self.self)
        } catch {
            throw conversionFailure(
                url.lastPathComponent, "it cannot be read or lacks a field of a BERT configuration", cause: error)
        }
        if let reason = unsupported { throw conversionFailure(url.lastPathComponent, reason) }
    }

    /// Why ``BertGraph`` cannot build this network.
    private var unsupported: String? {
        let lengths = [
            hidden_size, intermediate_size, num_attention_heads, vocab_size, max_position_embeddings, type_vocab_size,
        ]
        if model_type != "bert" { return "its model_type is \"\(model_type)\", and only \"bert\" is supported" }
        if (hidden_act ?? "gelu") != "gelu" { return "its hidden_act is not \"gelu\"" }
        if (position_embedding_type ?? "absolute") != "absolute" {
            return "its position_embedding_type is not \"absolute\""
        }
        let isPlausible =
            lengths.allSatisfy { (1...10_000_000).contains($0) } && (1...1000).contains(num_hidden_layers)
            && hidden_size % num_attention_heads == 0
        return isPlausible ? nil : "its sizes make no network"
    }
}
