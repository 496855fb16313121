import CEspeakNG
import EspeakProtocol

extension Library {
    /// Speaks `text` with the library's own synthesiser.
    ///
    /// - Parameters:
    ///   - hasMnemonics: whether `[[` and `]]` enclose the library's own names of sounds.
    ///   - take: gets the sound as it is made, 60 ms at a time, and says whether to go on.
    /// - Returns: the library's error number, 0 for success.
    func speak(_ text: String, rate: Int, endPause: Bool, hasMnemonics: Bool, _ take: ([Int16]) -> Bool) -> Int32 {
        let spokenRate = min(max(rate, SpeechRate.slowestSpoken), SpeechRate.all.upperBound)
        _ = espeak_SetParameter(espeakRATE, Int32(spokenRate), 0)
        var flags = endPause ? UInt32(espeakENDPAUSE) : 0
        if hasMnemonics { flags |= UInt32(espeakPHONEMES) }
        defer {
            if hasMnemonics { heedMnemonics(false) }
            forgetLookAhead()
        }
        let factor = SpeechRate.stretch(rate)
        guard factor > 1 else { return synthesize(text, flags: flags, take) }
        var stretcher = Stretcher(factor: factor, sampleRate: sampleRate)
        let status = synthesize(text, flags: flags) { take(stretcher.stretch($0)) }
        _ = take(stretcher.rest())
        return status
    }

    /// Has the library take `[[` and `]]` for marks of its own names of sounds, or for text, in the texts that it reads from now on. It has
    /// no other way to say so than to synthesise something, which may be nothing.
    func heedMnemonics(_ heeds: Bool) {
        _ = synthesize("", flags: heeds ? UInt32(espeakPHONEMES) : 0) { _ in true }
    }

    private func synthesize(_ text: String, flags: UInt32, _ take: ([Int16]) -> Bool) -> Int32 {
        withoutActuallyEscaping(take) { take in
            unsafe listener = take
            defer { unsafe listener = nil }
            let bytes = Array(text.utf8) + [0]
            let status = unsafe espeak_Synth(
                bytes, bytes.count, 0, POS_CHARACTER, 0, flags | UInt32(espeakCHARS_UTF8), nil, nil)
            return status.rawValue
        }
    }
}

/// The receiver of the library's callback, a C function without context. Only one thread of this process calls the library, and only that
/// thread sets and reads this.
private nonisolated(unsafe) var listener: (([Int16]) -> Bool)?

/// Takes sound that the library made; returns 1 to make it stop.
func takeSamples(
    _ samples: UnsafeMutablePointer<Int16>?, _ count: Int32, _ events: UnsafeMutablePointer<espeak_EVENT>?
) -> Int32 {
    guard let listener = unsafe listener else { return 1 }
    guard let samples = unsafe samples, count > 0 else { return 0 }
    let block = unsafe Array(UnsafeBufferPointer(start: samples, count: Int(count)))
    return listener(block) ? 0 : 1
}
