import OnnxRuntime
import Synchronization
import WorkScheduling

@testable import SpeechToText

/// Another network that counts what it is asked for.
final class CountingNetwork: WhisperNetwork {
    private let network: any WhisperNetwork
    private let onStep: @Sendable (_ number: Int) -> Void
    private let counts = Mutex((encoded: 0, stepped: 0, aligned: 0))

    /// - Parameter onStep: called on the computing thread before each step of the decoder, with its number from 1.
    init(network: any WhisperNetwork, onStep: @escaping @Sendable (_ number: Int) -> Void = { _ in }) {
        (self.network, self.onStep) = (network, onStep)
    }

    var encoded: Int { counts.withLock { $0.encoded } }
    var aligned: Int { counts.withLock { $0.aligned } }

    var melBins: Int { network.melBins }
    var vocabularySize: Int { network.vocabularySize }
    var maximumTokens: Int { network.maximumTokens }
    var operation: String { network.operation }
    var canAlign: Bool { network.canAlign }
    var understandsShortContexts: Bool { network.understandsShortContexts }

    func encode(_ features: [Float], permit: WorkPermit?) throws -> EncodedAudio {
        counts.withLock { $0.encoded += 1 }
        return try network.encode(features, permit: permit)
    }

    func prefill(_ tokens: [Int], start: Int, audio: EncodedAudio, permit: WorkPermit?) throws -> (
        step: DecoderStep, startPlace: Int
    ) {
        try network.prefill(tokens, start: start, audio: audio, permit: permit)
    }

    func append(_ tokens: [Int], to step: DecoderStep, permit: WorkPermit?) throws -> DecoderStep {
        try network.append(tokens, to: step, permit: permit)
    }

    func step(_ tokens: [Int], cache: DecoderCache, permit: WorkPermit?) throws -> DecoderStep {
        let number = counts.withLock { counts in
            counts.stepped += 1
            return counts.stepped
        }
        onStep(number)
        return try network.step(tokens, cache: cache, permit: permit)
    }

    func gathering(_ rows: [Int], of cache: DecoderCache) throws -> DecoderCache {
        try network.gathering(rows, of: cache)
    }

    func align(_ tokens: [Int], audio: EncodedAudio, permit: WorkPermit?) throws -> (
        logits: Tensor, attention: AlignmentAttention
    ) {
        counts.withLock { $0.aligned += 1 }
        return try network.align(tokens, audio: audio, permit: permit)
    }
}
