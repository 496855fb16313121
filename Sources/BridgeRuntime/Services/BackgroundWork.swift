import LanguageModels
import Logging
import ServiceLifecycle

/// What goes on beside the requests, all at the same time: the looks at Ollama, the loading of default models, and the end of idle ones.
struct BackgroundWork: Service, CustomStringConvertible {
    let services: BridgeServices
    let logger: Logger
    /// Called once, when Ollama was asked for the first time and each default model was loaded, or could not be.
    let onSettled: @Sendable () async -> Void

    /// ServiceLifecycle logs its services as text: this must not become a dump of all they hold.
    var description: String { "BackgroundWork" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await work()
            // A service that returns would stop the others.
            try? await gracefulShutdown()
        }
    }

    private func work() async {
        let asksOllama = services.configuration.isEnabled(.llm)
        let preloads = services.configuration[Keys.preload]
        let (steps, step) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await services.models.run() }
            // Ends by cancellation only; that is no failure.
            if asksOllama { group.addTask { try? await services.languageModel.runProbe { step.yield() } } }
            if preloads { group.addTask { await services.warmUp(logger: logger) { step.yield() } } }
            group.addTask {
                for await _ in steps.prefix([asksOllama, preloads].count { $0 }) {}
                if !Task.isCancelled { await onSettled() }
            }
        }
    }
}
