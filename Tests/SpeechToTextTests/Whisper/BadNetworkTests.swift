import BridgeTesting
import Foundation
import Testing

@testable import SpeechToText

/// Files that can be read, of a network that would run and hear nothing, or not run: refused before anything is installed.
@Suite(.timeLimit(.minutes(2))) struct BadNetworkTests {
    private let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    private func refusal(
        configuration: [String: Any] = [:], _ edit: (inout EditableSafetensors) throws -> Void = { _ in }
    ) throws -> String {
        try ImportFixture.refusal(
            of: try ImportFixture.multilingual.folder(in: home, configuration: configuration, edit))
    }

    @Test func whatIsOnlyWrittenAgainIsImported() throws {
        try ImportFixture.complete(
            try ImportFixture.multilingual.folder(in: home, configuration: ["encoder_layers": 2]), .int8)
    }

    @Test(arguments: [
        "decoder.layers.0.fc1.weight", "decoder.layers.1.fc1.weight", "decoder.layers.1.fc2.bias",
        "decoder.layers.0.self_attn.q_proj.bias", "decoder.layers.1.encoder_attn.v_proj.bias",
        "encoder.layers.1.fc1.weight", "encoder.layers.0.self_attn.out_proj.bias", "encoder.conv2.bias",
        "decoder.layer_norm.weight",
    ])
    func aMissingTensorIsNamed(_ name: String) throws {
        let sentence = try refusal { #expect($0.tensors.removeValue(forKey: "model." + name) != nil) }
        #expect(sentence.contains("model.safetensors"))
        #expect(sentence.contains("it lacks the tensor \"\(name)\""))
    }

    @Test(arguments: ["encoder", "decoder"]) func aMissingLayerIsNamed(_ stack: String) throws {
        for layer in 0..<2 {
            let sentence = try refusal { weights in
                weights.tensors = weights.tensors.filter { !$0.key.hasPrefix("model.\(stack).layers.\(layer).") }
            }
            #expect(sentence.contains("it lacks the tensor \"\(stack).layers.\(layer).fc1.weight\""), "\(sentence)")
        }
    }

    @Test func aLayerMoreThanTheConfigurationTellsIsRefused() throws {
        #expect(
            try refusal(configuration: ["decoder_layers": 1]).contains(
                "it has 2 layers of the decoder, and config.json tells of 1"))
    }

    @Test func layersInAStrangeOrderEndNothing() throws {
        let sentence = try refusal { weights in
            for layer in ["-1", "9223372036854775807", "7"] {
                weights.tensors["model.decoder.layers.\(layer).fc1.weight"] = .floats([1])
            }
        }
        #expect(sentence.contains("it lacks the tensor \"decoder.layers.2.fc1.weight\""), "\(sentence)")
    }

    @Test func aMissingLayerOfCTranslate2IsNamed() throws {
        let folder = try ImportFixture.float16.folder(in: home)
        let file = folder.appending(path: "model.bin")
        var data = try Data(contentsOf: file)
        let name = Data("decoder/layer_0/ffn/linear_0/weight".utf8)
        data.replaceSubrange(
            try #require(data.range(of: name)), with: Data("decoder/layer_0/ffn/linear_9/weight".utf8))
        try data.write(to: file)
        #expect(try ImportFixture.refusal(of: folder).contains("it lacks the tensor \"decoder.layers.0.fc1.weight\""))
    }

    @Test func numbersOfAnUnsupportedTypeAreNamed() throws {
        let sentence = try refusal { weights in
            let name = "model.decoder.layers.0.fc1.bias"
            let count = try #require(weights.tensors[name]).shape[0]
            weights.tensors[name] = .init(type: "F64", shape: [count], data: Data(count: 8 * count))
        }
        #expect(
            sentence.contains("\"decoder.layers.0.fc1.bias\" holds numbers of the type F64, which is not supported"))
    }

    @Test func aTensorThatNothingNeedsMayBeOfAnyType() throws {
        let folder = try ImportFixture.multilingual.folder(in: home) {
            $0.tensors["model.position_ids"] = .init(type: "I64", shape: [2], data: Data(count: 16))
        }
        try ImportFixture.complete(folder, .int8)
    }

    @Test func anEncoderForOtherLengthsIsRefused() throws {
        #expect(
            try refusal { $0.tensors["model.encoder.embed_positions.weight"] = .floats([100, 16]) }
                .contains("its encoder has 100 positions, and Whisper's has 1500"))
    }

    @Test func aDecoderForAFewTokensIsRefused() throws {
        #expect(
            try refusal { $0.tensors["model.decoder.embed_positions.weight"] = .floats([8, 16]) }
                .contains("its decoder has 8 positions for tokens"))
    }

    @Test func headsThatHoldNothingAreRefused() throws {
        let sentence = try refusal(configuration: ["decoder_attention_heads": 16])
        #expect(sentence.contains("config.json: its 16 attention heads would be 1 wide each"))
    }

    @Test func anOutputOfItsOwnIsRefused() throws {
        let name = "model.decoder.embed_tokens.weight"
        let sentence = try refusal(configuration: ["tie_word_embeddings": false]) { weights in
            weights.tensors["proj_out.weight"] = .floats(try #require(weights.tensors[name]).shape)
        }
        #expect(sentence.contains("its \"proj_out.weight\" is not its table of tokens"))
        let equal = try ImportFixture.multilingual.folder(in: home, configuration: ["tie_word_embeddings": false]) {
            $0.tensors["proj_out.weight"] = $0.tensors[name]
        }
        try ImportFixture.complete(equal, .int8)
    }

    @Test(arguments: [
        #"{"eos_token_id":-4}"#, #"{"decoder_start_token_id":-1}"#,
        #"{"no_timestamps_token_id":9223372036854775807}"#, #"{"decoder_start_token_id":9223372036854775807}"#,
        #"{"eos_token_id":-9223372036854775808}"#,
    ])
    func specialTokensOutsideTheVocabularyAreRefused(_ generation: String) throws {
        let folder = try ImportFixture.multilingual.folder(in: home)
        try generation.write(
            to: folder.appending(path: "generation_config.json"), atomically: true, encoding: .utf8)
        let sentence = try ImportFixture.refusal(of: folder)
        #expect(sentence.contains("special tokens are unknown"), "\(sentence)")
        #expect(sentence.contains("generation_config.json"))
    }
}
