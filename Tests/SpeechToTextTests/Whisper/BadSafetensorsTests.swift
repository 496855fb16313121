import BridgeTesting
import Foundation
import Testing

@testable import SpeechToText

/// Safetensors that contradict themselves, and tables of contents that are made to be costly.
@Suite(.timeLimit(.minutes(2))) struct BadSafetensorsTests {
    private let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    private func refusal(_ edit: (inout EditableSafetensors) throws -> Void) throws -> String {
        try ImportFixture.refusal(of: try ImportFixture.multilingual.folder(in: home, edit))
    }

    @Test func twoNamesOfOneTensorAreRefused() throws {
        let sentence = try refusal { $0.tensors["decoder.layer_norm.weight"] = .floats([16]) }
        #expect(
            sentence.contains(
                "it holds \"model.decoder.layer_norm.weight\" and \"decoder.layer_norm.weight\", which are names of one"
            ))
    }

    @Test func tensorsThatOverlapAreRefused() throws {
        let name = "model.decoder.layers.0.fc1.bias"
        let sentence = try refusal { weights in
            weights.lies[name] = [0, try #require(weights.tensors[name]).data.count]
        }
        #expect(sentence.contains("does not begin where the one before it ends"))
    }

    @Test func bytesBehindTheLastTensorAreRefused() throws {
        #expect(try refusal { $0.trailing = Data(count: 1) }.contains("it goes on after its last tensor"))
    }

    @Test func anEmptyTensorOfHugeLengthsIsRefused() throws {
        for shape in [[1 << 62, 4, 0], [-1]] {
            let sentence = try refusal { $0.tensors["x"] = .init(type: "F32", shape: shape, data: Data()) }
            #expect(sentence.contains("\"x\" does not fit its shape"), "\(sentence)")
        }
    }

    @Test func tooManyTensorsAreRefused() throws {
        let sentence = try refusal { weights in
            for index in 0...(1 << 16) { weights.tensors["x\(index)"] = .init(type: "U8", shape: [0], data: Data()) }
        }
        #expect(sentence.contains("tensors are far too many for a model"))
    }

    @Test func aHugeHeaderIsRefusedUnread() throws {
        let sentence = try refusal { weights in
            weights.tensors[String(repeating: "x", count: 17 << 20)] = .floats([1])
        }
        #expect(sentence.contains("is far too large for a model"))
        #expect(sentence.count < 1000)
    }

    @Test func anIndexOfNoFilesIsRefused() throws {
        let folder = try ImportFixture.v3.folder(in: home)
        try #"{"weight_map":{}}"#.write(
            to: folder.appending(path: "model.safetensors.index.json"), atomically: true, encoding: .utf8)
        #expect(
            try ImportFixture.refusal(of: folder).contains(
                "model.safetensors.index.json: its weight_map names no file"))
    }

    /// An empty tensor of CTranslate2, whose lengths cannot be multiplied.
    @Test(arguments: ["encoder/conv1/weight", "encoder/layer_0/self_attention/linear_0/weight"])
    func lengthsThatOverflowAreRefused(_ name: String) throws {
        let folder = try ImportFixture.float16.folder(in: home)
        let text = { (name: String) in [UInt8(name.utf8.count + 1), 0] + Array(name.utf8) + [0] }
        let most = [UInt8](repeating: 255, count: 4)
        let file = [6, 0, 0, 0] + text("WhisperSpec") + [3, 0, 0, 0, 1, 0, 0, 0] + text(name)
        let entry = [4, 0, 0, 0, 0] + most + most + most + [0, 0, 0, 0, 0] + [0, 0, 0, 0]
        try Data(file + entry).write(to: folder.appending(path: "model.bin"))
        #expect(try ImportFixture.refusal(of: folder).contains("does not fit its shape"))
    }
}
