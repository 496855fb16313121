import BridgeSupport
import Foundation
import OnnxRuntime
import WorkScheduling

/// The ONNX side of a Piper voice: phoneme ids in, sound out.
struct PiperNetwork: Sendable {
    struct Scales: Sendable {
        var noise: Float
        /// Multiplies durations: above 1 is slower.
        var length: Float
        var noiseW: Float
    }

    private let voiceID: String
    private let file: String
    private let session: InferenceSession
    private let output: String
    /// Networks with one speaker lack this input, and refuse it.
    private let takesSpeaker: Bool

    /// - Throws: `model_not_installed` when the file is not a Piper network, or doesn't fit the configuration.
    init(voiceID: String, model: URL, speakerCount: Int, runtime: OnnxRuntime) throws {
        func unusable(_ reason: String, cause: (any Error)? = nil) -> ServiceError {
            .unusableVoice(voiceID, file: model.lastPathComponent, reason: reason, cause: cause)
        }
        do {
            // Sentences vary in length, so that memory planned for one fits no other.
            session = try InferenceSession(runtime, modelAt: model.path, options: .init(memoryPattern: false))
        } catch {
            let missing = !FileManager.default.fileExists(atPath: model.path)
            throw unusable(missing ? "it is missing" : "it is no complete ONNX model", cause: error)
        }
        let inputs = Dictionary(session.inputs.map { ($0.name, $0.elementType) }) { first, _ in first }
        let needed: [(String, ElementType)] = [("input", .int64), ("input_lengths", .int64), ("scales", .float32)]
        for (name, type) in needed where inputs[name] != type {
            throw unusable("it has no input \"\(name)\" of type \(type), so it is no Piper voice")
        }
        let known: Set = ["input", "input_lengths", "scales", "sid"]
        if let other = inputs.keys.filter({ !known.contains($0) }).sorted().first {
            throw unusable("it wants an input \"\(other)\", which no Piper voice has")
        }
        guard let first = session.outputs.first, first.elementType == .float32 else {
            throw unusable("its first output is no sound")
        }
        takesSpeaker = inputs["sid"] != nil
        guard takesSpeaker || speakerCount == 1 else {
            throw unusable("it has no input \"sid\", but its configuration says num_speakers \(speakerCount)")
        }
        output = first.name
        self.voiceID = voiceID
        file = model.lastPathComponent
    }

    /// - Returns: mono, about -1…1.
    /// - Throws: `internal` when the run fails, `CancellationError`.
    func speak(_ ids: [Int64], scales: Scales, speaker: Int, ticket: WorkTicket) async throws -> [Float] {
        do {
            var inputs = [
                "input": try Tensor(ids, shape: [1, ids.count]),
                "input_lengths": try Tensor([Int64(ids.count)], shape: [1]),
                "scales": try Tensor([scales.noise, scales.length, scales.noiseW], shape: [3]),
            ]
            if takesSpeaker { inputs["sid"] = try Tensor([Int64(speaker)], shape: [1]) }
            let results = try await session.run(
                inputs, outputs: [output], ticket: ticket, mayRepeat: true, as: .synthesis,
                facts: ["jarvis.phonemes": .number(ids.count)])
            // Exports differ in rank, but all of them contain nothing but the samples.
            let samples = try results[output]?.floats() ?? []
            guard samples.allSatisfy(\.isFinite) else { throw NotSound() }
            return samples
        } catch let error as CancellationError {
            throw error
        } catch {
            let reason = error is NotSound ? "what it gave is no sound" : "the engine failed"
            throw ServiceError.failedModel("voice", id: voiceID, file: file, reason: reason, cause: error)
        }
    }

    private struct NotSound: Error, CustomStringConvertible {
        var description: String { "the network gave samples that are no numbers" }
    }
}
