import WorkScheduling

/// Estimates for each frame of audio how likely it is speech.
///
/// A protocol, so that the code above it can be tested without a model file.
protocol SpeechProbabilityModel: Sendable {
    /// - Parameters:
    ///   - frames: `[count, 576]` in row-major order, 16 kHz: 64 samples of context, then the 512 of the frame.
    ///   - state: the state after the frames before; passed on from call to call for one signal.
    ///   - ticket: gives a permit for each call, so that more urgent work can run between two of them.
    func probabilities(
        frames: [Float], count: Int, state: inout SpeechProbabilityState, ticket: WorkTicket
    ) async throws -> [Float]
}

/// Memory of a recurrent model between two calls.
struct SpeechProbabilityState: Sendable {
    static let size = 128

    var hidden = [Float](repeating: 0, count: size)
    var cell = [Float](repeating: 0, count: size)
}
