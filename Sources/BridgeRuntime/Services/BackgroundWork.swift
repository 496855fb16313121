import Embeddings
import LanguageModels
import Logging
import Redis
import ServiceLifecycle

/// The work that belongs to no request, all of it at the same time: keeping the deadlines of requests, probing Ollama and Redis, storing
/// vectors there, loading default models, unloading idle ones, and fetching the models that clients order.
struct BackgroundWork: Service, CustomStringConvertible {
    let services: BridgeServices
    let rates: RateLimiter
    let deadlines: Deadlines
    let administration: ModelAdministration
    let logger: Logger
    /// Called once, when Ollama has been probed and the loading of each default model has been tried.
    let onSettled: @Sendable () async -> Void

    /// ServiceLifecycle logs its services as text, which must not become a dump of everything they hold.
    var description: String { "BackgroundWork" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await work()
            // If a service returned, the others would be stopped.
            try? await gracefulShutdown()
        }
    }

    private func work() async {
        let asksOllama = services.configuration.isEnabled(.llm)
        let preloads = services.configuration[Keys.preload]
        let (steps, step) = AsyncStream.makeStream(of: Void.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await deadlines.run() }
            group.addTask { await services.models.run() }
            if let redis = services.redis {
                group.addTask { await redis.run() }
                group.addTask { await rates.run() }
            }
            group.addTask { await services.embeddings.run() }
            group.addTask { await administration.run() }
            // Ends by cancellation only, which is not a failure.
            if asksOllama { group.addTask { try? await services.languageModel.runProbe { step.yield() } } }
            if preloads { group.addTask { await services.warmUp(logger: logger) { step.yield() } } }
            group.addTask {
                for await _ in steps.prefix([asksOllama, preloads].count { $0 }) {}
                if !Task.isCancelled { await onSettled() }
            }
        }
    }
}
