import BridgeSupport
public import SpeechToText
public import TextToSpeech

/// Returns once so many requests run, and so many wait for admission.
public func settle(_ service: SpeechToTextService, running: Int, queued: Int) async {
    await settle(running: running, queued: queued) { await service.status() }
}

/// Returns once so many requests run, and so many wait for admission.
public func settle(_ service: TextToSpeechService, running: Int, queued: Int) async {
    await settle(running: running, queued: queued) { await service.status() }
}

private func settle(running: Int, queued: Int, _ status: () async -> ServiceStatus) async {
    while true {
        let status = await status()
        if status.running == running, status.queued == queued { return }
        await Task.yield()
    }
}
