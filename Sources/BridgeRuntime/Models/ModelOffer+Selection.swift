import BridgeSupport
import Embeddings
import ModelStore
import SpeechToText
import TextToSpeech

extension ModelOffer {
    /// The files that make a model for one of the bridges.
    ///
    /// - Throws: `invalid_request` naming the file that is missing, the folder or repository whose purpose its files do not tell, weights
    ///   that are only there as a pickle, or a precision that the format does not offer.
    func selection(as id: String) async throws -> ModelSelection {
        if let adapter = ["adapter_model.safetensors", "adapter_model.bin"].first(where: files.contains),
            !files.contains("model.safetensors"), !files.contains("model.safetensors.index.json")
        {
            throw refusal(
                "holds only an adapter (\(adapter)), which changes another model. Merge it into that model (merge_and_unload of peft, then save_pretrained), and import what comes of it"
            )
        }
        let configuration = try await json("config.json")
        guard let service = service ?? kind(configuration) else {
            throw refusal(
                "holds no model that its files tell the purpose of. Name it with --service \(ModelService.allCases.map(\.rawValue).joined(separator: "|")), if it is one for this program"
            )
        }
        if let precision, service != .stt {
            throw ServiceError.invalid(
                "precision",
                "--precision \(precision.rawValue) changes nothing in a model for \(service.rawValue), whose weights stay as they were published; leave it out."
            )
        }
        switch service {
        case .stt: return try await speechModel()
        case .embeddings: return ModelSelection(service: .embeddings, files: try await sentenceFiles())
        case .tts:
            guard let voice = voice else {
                throw refusal("holds no voice: one file NAME.onnx with NAME.onnx.json beside it")
            }
            return ModelSelection(
                service: .tts, files: ["\(voice).onnx": "\(id).onnx", "\(voice).onnx.json": "\(id).onnx.json"])
        case .vad:
            let name = VoiceActivityDetector.fileName
            guard files.contains(name) else { throw refusal("holds no \(name)") }
            return ModelSelection(service: .vad, files: [name])
        }
    }

    /// What the model is for, going by its files.
    private func kind(_ configuration: JSONNode?) -> ModelService? {
        if files.contains(VoiceActivityDetector.fileName) { return .vad }
        if voice != nil { return .tts }
        let type = configuration?["model_type"]?.string
        // CTranslate2's configuration names no type; only that of Whisper tells of alignment.
        if type == "whisper" || configuration?["alignment_heads"] != nil && files.contains("model.bin") { return .stt }
        if WhisperBackend.exportedFiles(among: files) != nil { return .stt }
        if files.contains(SentenceEncoder.packedFile) { return .embeddings }
        if type == "bert" || files.contains("modules.json") || type == "xlm-roberta" { return .embeddings }
        return nil
    }

    /// The name of the only Piper voice; nil if there is none, or a choice.
    private var voice: String? {
        let names = files.filter { $0.hasSuffix(".onnx.json") && files.contains(String($0.dropLast(5))) }
        guard names.count == 1, let name = names.first, !name.contains("/") else { return nil }
        return String(name.dropLast(".onnx.json".count))
    }

    private func speechModel() async throws -> ModelSelection {
        let companions = files.intersection(WhisperBackend.companionFiles)
        guard companions.contains("config.json") else {
            throw refusal("holds no config.json, which a speech model needs")
        }
        guard companions.contains("tokenizer.json") || companions.isSuperset(of: ["vocab.json", "merges.txt"]) else {
            throw refusal("holds no tokenizer.json, nor vocab.json with merges.txt, which a speech model needs")
        }
        if let weights = try await safetensors() ?? (files.contains("model.bin") ? ["model.bin"] : nil) {
            return ModelSelection(service: .stt, files: companions.union(weights), converted: weights)
        }
        let precisions: [WhisperPrecision] =
            switch precision {
            case .int8: [.int8, .quantized, .uint8]
            case .fp32: [.float32]
            case nil: WhisperPrecision.preferred
            }
        if let networks = WhisperBackend.exportedFiles(among: files, precisions) {
            return ModelSelection(service: .stt, files: companions.union(networks))
        }
        throw withoutWeights(
            "model.safetensors, CTranslate2's model.bin, or encoder_model.onnx with decoder_model_merged.onnx")
    }

    private func sentenceFiles() async throws -> Set<String> {
        // Everything is made of it.
        if files.contains(SentenceEncoder.packedFile) { return [SentenceEncoder.packedFile] }
        let companions = files.filter(SentenceEncoder.isCompanion)
        for name in ["config.json", "tokenizer.json"] where !companions.contains(name) {
            throw refusal("holds no \(name), which a model for embeddings needs")
        }
        if let weights = try await safetensors() { return companions.union(weights) }
        if let networks = SentenceEncoder.exportedFiles(among: files) { return companions.union(networks) }
        throw withoutWeights("model.safetensors, or model.onnx")
    }

    /// The weights as safetensors: one file, or an index with the files that it names; nil if there are none.
    private func safetensors() async throws -> Set<String>? {
        if files.contains("model.safetensors") { return ["model.safetensors"] }
        let index = "model.safetensors.index.json"
        guard let map = try await json(index)?["weight_map"]?.object else {
            if files.contains(index) { throw refusal("has a \(index) without a weight_map; fetch that file again") }
            return nil
        }
        var shards: Set<String> = []
        for (tensor, value) in map {
            guard let name = value.string, !name.contains("/"), name.hasSuffix(".safetensors") else {
                throw refusal(
                    "has a \(index) that puts the tensor \(tensor.prefix(80)) outside of it; nothing but .safetensors files beside the index is read"
                )
            }
            guard files.contains(name) else {
                throw refusal("lacks \(name), which its \(index) names; fetch that file too")
            }
            shards.insert(name)
        }
        guard !shards.isEmpty else {
            throw refusal("has a \(index) whose weight_map names no file; fetch that file again")
        }
        return shards.union([index])
    }

    private func json(_ name: String) async throws -> JSONNode? {
        guard files.contains(name) else { return nil }
        let bytes = try await read(name)
        do {
            return try JSONNode(parsing: bytes)
        } catch {
            throw refusal("has a \(name) that is not JSON: \(error). Fetch that file again")
        }
    }

    private func withoutWeights(_ wanted: String) -> ServiceError {
        let pickle = files.sorted().first { name in
            [".pt", ".pth", ".pkl", ".ckpt"].contains { name.hasSuffix($0) }
                || name.hasPrefix("pytorch_model") && name.hasSuffix(".bin")
        }
        guard let pickle else { return refusal("holds no weights: \(wanted)") }
        return refusal(
            "holds its weights only as a pickle (\(pickle)), a format that can run any program while it is read, so that it is not read. Ask whoever published it for model.safetensors"
        )
    }

    /// - Parameter why: goes on the name, without a full stop.
    private func refusal(_ why: String) -> ServiceError { .invalid("from", "\(name) \(why).") }
}
