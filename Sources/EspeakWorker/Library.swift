import CEspeakNG
import EspeakProtocol

/// libespeak-ng, of which a process can have only one: it keeps its voice and its reader in static variables.
struct Library {
    let version: String
    let dataDirectory: String
    /// Hertz.
    let sampleRate: Int

    /// - Parameter dataDirectory: a directory that is, or holds, `espeak-ng-data`; nil for the library's own choice.
    init?(dataDirectory: String?) {
        // Without the option bit the library ends the process with a message on standard error when its data is missing.
        let rate = unsafe espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, dataDirectory, espeakINITIALIZE_DONT_EXIT)
        guard rate > 0 else { return nil }
        var path: UnsafePointer<CChar>?
        let info = unsafe espeak_Info(&path)
        unsafe espeak_SetSynthCallback(takeSamples)
        version = unsafe info.map { unsafe String(cString: $0) }.map(Self.versionNumber) ?? "unknown"
        self.dataDirectory = unsafe path.map { unsafe String(cString: $0) } ?? "unknown"
        sampleRate = Int(rate)
    }

    /// "1.51" of "1.51", and of "1.51-dev  1-Apr-22".
    private static func versionNumber(_ text: String) -> String {
        text.split(separator: " ").first.map(String.init) ?? text
    }

    /// Selects `voice` for all that follows; false if there is no such voice. The library forgets what was said before.
    func select(_ voice: String) -> Bool {
        // Some versions accept an empty name, and would keep the voice of the previous call.
        guard !voice.isEmpty, !voice.utf8.contains(0) else { return false }
        return unsafe espeak_SetVoiceByName(voice) == EE_OK
    }

    /// Discards what the library has read ahead. It keeps that in static variables, and would read it before the next text:
    /// the second dot of a text that ends in two, or the first character that a cancelled text did not get to.
    func forgetLookAhead() { clauses(of: "") { _ in } }
}
