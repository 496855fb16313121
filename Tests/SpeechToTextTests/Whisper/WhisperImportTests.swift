import BridgeSupport
import BridgeTesting
import Foundation
import OnnxRuntime
import Testing

@testable import SpeechToText

/// What the importer makes of published weights. That its float32 graphs answer as openai-whisper does is among WhisperParityTests.
@Suite(.timeLimit(.minutes(2))) struct WhisperImportTests {
    private let home: TemporaryFolder

    init() throws { home = try TemporaryFolder() }

    @Test func theFilesMadeAndSupersededAreNamed() throws {
        let folder = try ImportFixture.v3.folder(in: home)
        let files = try ImportFixture.complete(folder, .int8)
        #expect(
            files.made == [
                "encoder.onnx": "model-00001-of-00002.safetensors, model-00002-of-00002.safetensors",
                "encoder.onnx_data": "model-00001-of-00002.safetensors, model-00002-of-00002.safetensors",
                "decoder.onnx": "model-00001-of-00002.safetensors, model-00002-of-00002.safetensors",
                "decoder.onnx_data": "model-00001-of-00002.safetensors, model-00002-of-00002.safetensors",
            ])
        #expect(
            files.superseded == [
                "model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
            ])
        for name in files.made.keys {
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: name).path(percentEncoded: false)))
        }
    }

    @Test func whereGraphsAreNothingIsMade() throws {
        let folder = try ImportFixture.multilingual.folder(in: home)
        let files = try WhisperBackend.complete(
            folder, having: ["config.json", "model.safetensors", "onnx/encoder_model.onnx"]
        ) { _ in }
        #expect(files == ImportedFiles(made: [:], superseded: []))
    }

    @Test func progressGrowsToTheEndAndStopsTheImport() throws {
        var shares: [Double] = []
        _ = try WhisperBackend.complete(
            try ImportFixture.multilingual.folder(in: home), having: ["config.json", "model.safetensors"]
        ) { shares.append($0) }
        #expect(shares == shares.sorted())
        #expect(shares.last == 1)
        #expect(throws: CancellationError.self) {
            _ = try WhisperBackend.complete(
                try ImportFixture.multilingual.folder(in: home), having: ["config.json", "model.safetensors"]
            ) { if $0 > 0.5 { throw CancellationError() } }
        }
    }

    /// The same values as in the safetensors of the same weights, as far as the numbers of the other format reach.
    @Test func ctranslate2sNumbersAreRead() throws {
        let exact = try WhisperWeights.safetensors(in: try ImportFixture.multilingual.folder(in: home))
        let half = try WhisperWeights.ctranslate2(
            try ImportFixture.float16.folder(in: home).appending(path: "model.bin"))
        let bytes = try WhisperWeights.ctranslate2(try ImportFixture.int8.folder(in: home).appending(path: "model.bin"))
        #expect(half.encoderHeads == 2)
        #expect(half.decoderHeads == 2)
        var compared = 0
        for name in exact.names {
            let shape = try #require(exact.shape(of: name))
            let wanted = try exact.floats(name, exact.tensor(name, shape: shape))
            let halves = try half.floats(name, half.tensor(name, shape: shape))
            #expect(zip(wanted, halves).allSatisfy { Float(Float16($0)) == $1 }, "\(name)")
            let rows = try bytes.floats(name, bytes.tensor(name, shape: shape))
            let width = shape.dropFirst().reduce(1, *)
            for row in 0..<shape[0] {
                let range = row * width..<(row + 1) * width
                let largest = wanted[range].map(abs).max() ?? 0
                // Half a step of 127, and the rounding of numbers that stay floats.
                let tolerance = largest / 127 * 0.51
                #expect(zip(wanted[range], rows[range]).allSatisfy { abs($0 - $1) <= tolerance }, "\(name), row \(row)")
            }
            compared += 1
        }
        #expect(compared > 80)
    }

    @Test func halfPrecisionsAreRead() throws {
        let file = home.url.appending(path: "halves")
        let values: [Float] = [0, 1, -2.5, 65_504, 0.000061]
        let halves = values.map { Float16($0).bitPattern }
        let brains = values.map { UInt16($0.bitPattern >> 16) }
        let data = (halves + brains).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        try Data(data).write(to: file)
        let handle = try FileHandle(forReadingFrom: file)
        let half = StoredTensor(file: 0, number: .float16, shape: [5], offset: 0)
        #expect(try half.floats(in: handle) == values.map { Float(Float16($0)) })
        let brain = StoredTensor(file: 0, number: .bfloat16, shape: [5], offset: 10)
        #expect(try brain.floats(in: handle) == values.map { Float(bitPattern: $0.bitPattern & 0xFFFF_0000) })
    }

    @Test(arguments: [ImportPrecision.float32, .int8])
    func fasterWhispersFolderIsRead(_ precision: ImportPrecision) throws {
        let folder = try ImportFixture.fasterWhisper.imported(as: precision, in: home)
        let backend = try WhisperBackend(
            modelID: "imported", directory: folder, vad: nil, runtime: WhisperFixtures.runtime())
        #expect(backend.languages.contains("fr"))
        #expect(backend.decoder.network.maximumTokens == 448)
        let generation = try JSONDecoder().decode(
            GenerationConfiguration.self, from: Data(contentsOf: folder.appending(path: "generation_config.json")))
        #expect(generation.alignmentHeads == [[1, 0], [1, 1]])
    }

    /// Weights of 8 bits answer almost as exact ones: the logits of the first token correlate by more than 0.99.
    @Test func integersAnswerAlmostAsFloats() throws {
        let logits = try [ImportPrecision.float32, .int8].map { precision in
            let backend = try WhisperBackend(
                modelID: "imported", directory: try ImportFixture.multilingual.imported(as: precision, in: home),
                vad: nil,
                runtime: WhisperFixtures.runtime())
            let samples = try ClipRecipe.render(try #require(try ClipRecipe.clips()["speech-fr-1"]))
            let audio = try backend.decoder.encode(Array(samples.prefix(480_000)), permit: nil)
            return try backend.decoder.network.prefill(
                [backend.decoder.special.startOfTranscript], start: 0, audio: audio, permit: nil
            ).step.logits.floats()
        }
        #expect(Self.correlation(logits[0], logits[1]) > 0.99)
    }

    private static func correlation(_ one: [Float], _ other: [Float]) -> Float {
        let centred = [one, other].map { values in
            let mean = values.reduce(0, +) / Float(values.count)
            return values.map { $0 - mean }
        }
        let product = { (left: [Float], right: [Float]) in zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } }
        let lengths = product(centred[0], centred[0]) * product(centred[1], centred[1])
        return product(centred[0], centred[1]) / lengths.squareRoot()
    }

    /// Several tokens behind others give the same logits as one after the other.
    @Test func aPromptMayBeReadInParts() throws {
        let decoder = try WhisperFixtures.backend("imported-multilingual").decoder
        let samples = try ClipRecipe.render(try #require(try ClipRecipe.clips()["speech-fr-1"]))
        let audio = try decoder.encode(Array(samples.prefix(480_000)), permit: nil)
        let tokens = decoder.special.startSequence(language: "fr", task: .transcribe) + [5, 6, 7]
        let whole = try decoder.network.prefill(tokens, start: 0, audio: audio, permit: nil).step
        let first = try decoder.network.prefill([tokens[0]], start: 0, audio: audio, permit: nil).step
        let parts = try decoder.network.append(Array(tokens.dropFirst()), to: first, permit: nil)
        let stepwise = try tokens.dropFirst().reduce(first) {
            try decoder.network.step([$1], cache: $0.cache, permit: nil)
        }
        let size = decoder.network.vocabularySize
        let expected = try Array(whole.logits.floats().suffix(size))
        for step in [parts, stepwise] {
            let logits = try Array(step.logits.floats().suffix(size))
            #expect(zip(expected, logits).allSatisfy { abs($0 - $1) < 1e-4 })
            #expect(step.cache.length == tokens.count)
        }
    }

    /// The graphs of another form are not run: they might answer nonsense.
    @Test func graphsOfAnotherFormAreNotLoaded() {
        #expect(ImportedNetwork.mismatch("\(ImportedNetwork.format)") == nil)
        #expect(ImportedNetwork.mismatch("\(ImportedNetwork.format + 1)")?.contains("by a newer version") == true)
        for old in ["0", "x", ""] { #expect(ImportedNetwork.mismatch(old)?.contains("by an older version") == true) }
        #expect(ImportedNetwork.mismatch(nil)?.contains("by a development build") == true)
    }

    @Test func aGraphOfANewerVersionSaysSo() throws {
        let folder = try ImportFixture.multilingual.imported(as: .int8, in: home)
        let file = folder.appending(path: ImportedNetwork.decoderFile)
        var data = try Data(contentsOf: file)
        // Key and value of an entry of the metadata: both with their field and their length before them.
        let entry = Data([0x0A, 6] + "format".utf8 + [0x12, 1])
        data[try #require(data.range(of: entry)).upperBound] = UInt8(ascii: "9")
        try data.write(to: file)
        let error = #expect(throws: ServiceError.self) {
            _ = try WhisperBackend(
                modelID: "imported", directory: folder, vad: nil, runtime: WhisperFixtures.runtime())
        }
        #expect(error?.message.contains("made by a newer version of this program (their format is 9") == true)
        #expect(error?.concernsModelFiles == true)
    }

    @Test func whatIsImportedIsTriedOut() throws {
        let runtime = try WhisperFixtures.runtime()
        for precision in ImportPrecision.allCases {
            try WhisperBackend.tryOut(
                ImportFixture.multilingual.imported(as: precision, in: home), modelID: "imported", runtime: runtime)
        }
        // Each weight is a number; what the network computes with them is not.
        let overflowing = try ImportFixture.multilingual.folder(in: home) {
            $0.tensors["model.decoder.layer_norm.weight"] = .floats([16], of: 3e38)
            $0.tensors["model.decoder.layer_norm.bias"] = .floats([16], of: 3e38)
        }
        try ImportFixture.complete(overflowing, .float32)
        let error = #expect(throws: ServiceError.self) {
            try WhisperBackend.tryOut(overflowing, modelID: "imported", runtime: runtime)
        }
        #expect(error?.message.contains("its answers are no numbers") == true)
    }
}
