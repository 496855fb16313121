import BridgeSupport
public import SpeechToText
public import TextToSpeech

/// Returns once so many requests run, and so many wait for admission.
public func settle(_ service: SpeechToTextService, running: Int, queued: Int, preparing: Int? = nil) async {
    await settle(running: running, queued: queued, preparing: preparing) { await service.status() }
}

/// Returns once so many requests run, and so many wait for admission.
public func settle(_ service: TextToSpeechService, running: Int, queued: Int, preparing: Int? = nil) async {
    await settle(running: running, queued: queued, preparing: preparing) { await service.status() }
}

private func settle(
    running: Int, queued: Int, preparing: Int?, _ status: () async -> ServiceStatus
) async {
    while true {
        let status = await status()
        let isPrepared = preparing.map { $0 == status.preparing } ?? true
        if status.running == running, status.queued == queued, isPrepared { return }
        await Task.yield()
    }
}
