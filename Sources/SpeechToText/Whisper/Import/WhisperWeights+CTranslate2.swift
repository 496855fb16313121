import BridgeSupport
import Foundation
import OnnxGraph

extension WhisperWeights {
    /// Revisions of CTranslate2's description of Whisper whose variables are known here.
    private static let knownRevisions = 1...3

    /// Reads the table of contents of a `model.bin` as CTranslate2's converter writes it for Whisper, faster-whisper's format.
    ///
    /// - Throws: `ServiceError` naming the file at fault.
    static func ctranslate2(_ url: URL) throws -> WhisperWeights {
        let file = try CTranslate2File(readingTableOf: url)
        let name = url.lastPathComponent
        guard file.specification == "WhisperSpec" else {
            throw conversionFailure(
                name, "it holds a network of the kind \"\(file.specification.prefix(40))\" and not Whisper's")
        }
        guard knownRevisions.contains(file.revision) else {
            throw conversionFailure(name, "revision \(file.revision) of CTranslate2's Whisper is not known here")
        }
        var names = CTranslate2Names(file: file, fileName: name)
        let heads = ["encoder", "decoder"].map { file.wholeNumber("\($0)/num_heads", in: url) }
        return try WhisperWeights(files: [url], tensors: names.translated(), heads: (heads[0], heads[1]))
    }
}

/// Translates CTranslate2's names into those of Hugging Face's transformers, and takes apart what CTranslate2 stacks.
private struct CTranslate2Names {
    let file: CTranslate2File
    let fileName: String
    private var tensors: [String: StoredTensor] = [:]

    init(file: CTranslate2File, fileName: String) {
        self.file = file
        self.fileName = fileName
    }

    mutating func translated() throws -> [String: StoredTensor] {
        for convolution in ["conv1", "conv2"] {
            for end in ["weight", "bias"] { try add("encoder/\(convolution)/\(end)", "encoder.\(convolution).\(end)") }
        }
        try add("decoder/embeddings/weight", "decoder.embed_tokens.weight")
        for stack in ["encoder", "decoder"] {
            try add("\(stack)/position_encodings/encodings", "\(stack).embed_positions.weight")
            try addNorm("\(stack)/layer_norm", "\(stack).layer_norm")
            for layer in layers(of: stack) { try addLayer("\(stack)/layer_\(layer)/", "\(stack).layers.\(layer).") }
        }
        return tensors
    }

    /// The layers that the file has anything of: whether one is missing is for the architecture to say.
    private func layers(of stack: String) -> Set<Int> {
        let prefix = "\(stack)/layer_"
        return Set(
            file.variables.keys.compactMap { name in
                name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count).prefix { $0 != "/" }) : nil
            })
    }

    private mutating func addLayer(_ source: String, _ target: String) throws {
        try addNorm(source + "self_attention/layer_norm", target + "self_attn_layer_norm")
        try addLinear(
            source + "self_attention/linear_0", ["q_proj", "k_proj", "v_proj"].map { target + "self_attn." + $0 })
        try addLinear(source + "self_attention/linear_1", [target + "self_attn.out_proj"])
        if file.variables[source + "attention/linear_0/weight"] != nil {
            try addNorm(source + "attention/layer_norm", target + "encoder_attn_layer_norm")
            try addLinear(source + "attention/linear_0", [target + "encoder_attn.q_proj"])
            try addLinear(source + "attention/linear_1", ["k_proj", "v_proj"].map { target + "encoder_attn." + $0 })
            try addLinear(source + "attention/linear_2", [target + "encoder_attn.out_proj"])
        }
        try addNorm(source + "ffn/layer_norm", target + "final_layer_norm")
        try addLinear(source + "ffn/linear_0", [target + "fc1"])
        try addLinear(source + "ffn/linear_1", [target + "fc2"])
    }

    private mutating func addNorm(_ source: String, _ target: String) throws {
        try add(source + "/gamma", target + ".weight")
        try add(source + "/beta", target + ".bias")
    }

    /// Adds a layer whose outputs are those of several, one after the other.
    private mutating func addLinear(_ source: String, _ targets: [String]) throws {
        for end in ["weight", "bias"] {
            guard let whole = try stored("\(source)/\(end)") else { continue }
            guard !whole.shape.isEmpty, whole.shape[0] % targets.count == 0 else {
                throw conversionFailure(fileName, "the shape of \"\(source)/\(end)\" fits no attention")
            }
            let rows = whole.shape[0] / targets.count
            for (index, target) in targets.enumerated() {
                tensors["\(target).\(end)"] = whole.rows(index * rows..<(index + 1) * rows)
            }
        }
    }

    private mutating func add(_ source: String, _ target: String) throws {
        tensors[target] = try stored(source)
    }

    private func stored(_ name: String) throws -> StoredTensor? {
        guard let variable = file.variables[name] else { return nil }
        let number: StoredTensor.Number
        switch variable.type {
        case .float32: number = .float32
        case .float16: number = .float16
        case .bfloat16: number = .bfloat16
        case .int8:
            guard let scales = file.variables[name + "_scale"], scales.type == .float32,
                scales.shape == variable.shape.first.map({ [$0] })
            else { throw conversionFailure(fileName, "the 8-bit numbers of \"\(name)\" have no scale for each row") }
            number = .int8(scales: scales.offset)
        case .int16, .int32:
            throw conversionFailure(
                fileName,
                "\"\(name)\" is quantised to \(variable.type); convert the model with float16, float32 or int8")
        }
        return StoredTensor(file: 0, number: number, shape: variable.shape, offset: variable.offset)
    }
}
