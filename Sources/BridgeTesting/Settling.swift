import BridgeSupport
public import SpeechToText
public import TextToSpeech

/// Returns once so many requests run, and so many wait for admission.
public func settle(_ service: SpeechToTextService, running: Int, queued: Int, preparing: Int? = nil) async {
    await settle(running: running, queued: queued, preparing: preparing) { service.load }
}

/// Returns once so many requests run, and so many wait for admission.
public func settle(_ service: TextToSpeechService, running: Int, queued: Int, preparing: Int? = nil) async {
    await settle(running: running, queued: queued, preparing: preparing) { service.load }
}

private func settle(
    running: Int, queued: Int, preparing: Int?, _ load: () -> AdmissionSnapshot
) async {
    while true {
        let load = load()
        let isPrepared = preparing.map { $0 == load.preparing } ?? true
        if load.running == running, load.queued == queued, isPrepared { return }
        await Task.yield()
    }
}
