import Audio
import BridgeRuntime
import TextToSpeech

extension RouteDependencies {
    /// A whole speech, for a route whose policy says that it reserves the memory of its answer itself.
    ///
    /// - Returns: the speech, and its share of the memory for answers, which the body of the response gives back.
    /// - Throws: `overloaded` if there is no memory for it, usually before the work; what ``perform(_:for:on:_:)`` throws.
    func speech(
        of request: SynthesisRequest, as format: AudioFormat, for context: BridgeContext
    ) async throws -> (speech: EncodedSpeech, share: MemoryBudget.Share) {
        let service = services.textToSpeech
        let share = MemoryBudget.Share(of: runtime.answers)
        try share.take(service.estimatedBytes(of: request, as: format))
        let speech = try await perform(.tts, for: context) { try await service.encode(request, as: format) }
        context.record.note(
            speech.timings, model: speech.voice,
            usage: RequestUsage(audioSeconds: speech.duration, characters: request.text.unicodeScalars.count))
        context.record.note(firstAudio: speech.firstSentence)
        // Some scripts make much more speech per letter than estimated, which must not gain anybody more memory.
        try share.settle(at: speech.bytes.count)
        return (speech, share)
    }
}
