import BridgeSupport
import Logging

/// Loads the default models, one after the other, so that the first requests find them in memory.
///
/// A failure is logged and shown by `/health`; the other loads go on. After a transient failure, such as a lack of memory, the load is
/// tried again, because no request that would do so comes past a failing probe of `/ready`.
struct WarmUp: Sendable {
    typealias Load = @Sendable () async throws -> Void

    /// The pauses before each round but the first.
    static let pauses: [Duration] = [.seconds(2), .seconds(10), .seconds(60)]

    let loads: [(bridge: Bridge, load: Load)]
    let logger: Logger
    let clock: any Clock<Duration>

    /// Returns when every model that can be loaded is loaded, or when its task is cancelled.
    ///
    /// - Parameter onFirstRound: called once each load has been tried.
    func run(onFirstRound: @Sendable () -> Void = {}) async {
        var rest = await failures(of: loads)
        onFirstRound()
        for pause in Self.pauses where !rest.isEmpty {
            guard (try? await clock.sleep(for: pause)) != nil else { return }
            rest = await failures(of: rest)
        }
    }

    /// Tries each load; returns the ones that may succeed later.
    private func failures(of loads: [(bridge: Bridge, load: Load)]) async -> [(bridge: Bridge, load: Load)] {
        var failed: [(bridge: Bridge, load: Load)] = []
        for (bridge, load) in loads where !Task.isCancelled {
            if await !succeeds(bridge, load) { failed.append((bridge, load)) }
        }
        return failed
    }

    /// False if it may succeed later.
    private func succeeds(_ bridge: Bridge, _ load: Load) async -> Bool {
        do {
            try await load()
        } catch let error as ServiceError {
            logger.warning(
                "A default model was not loaded.",
                metadata: ["service": "\(bridge.rawValue)", "reason": "\(error.message)"])
            return !error.isMomentary
        } catch is CancellationError {
            // The server stops.
        } catch {
            logger.error(
                "A default model was not loaded.", metadata: ["service": "\(bridge.rawValue)", "error": "\(error)"])
        }
        return true
    }
}
