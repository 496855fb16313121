import BridgeSupport
import Logging

/// Loads the default models, one after the other, so that the first requests find them in memory.
///
/// A failure is logged and shown by `/health`; the others go on. What failed for the moment, as where memory was short, is tried again:
/// behind a probe of `/ready` no request comes that would do so.
struct WarmUp: Sendable {
    typealias Load = @Sendable () async throws -> Void

    /// Before each round but the first.
    static let pauses: [Duration] = [.seconds(2), .seconds(10), .seconds(60)]

    let loads: [(bridge: Bridge, load: Load)]
    let logger: Logger
    let clock: any Clock<Duration>

    /// Returns when all is loaded that can be, or when its task is cancelled.
    ///
    /// - Parameter onFirstRound: called once each was tried.
    func run(onFirstRound: @Sendable () -> Void = {}) async {
        var rest = await failures(of: loads)
        onFirstRound()
        for pause in Self.pauses where !rest.isEmpty {
            guard (try? await clock.sleep(for: pause)) != nil else { return }
            rest = await failures(of: rest)
        }
    }

    /// Tries each; those that may succeed later are left.
    private func failures(of loads: [(bridge: Bridge, load: Load)]) async -> [(bridge: Bridge, load: Load)] {
        var failed: [(bridge: Bridge, load: Load)] = []
        for (bridge, load) in loads where !Task.isCancelled {
            if await !succeeds(bridge, load) { failed.append((bridge, load)) }
        }
        return failed
    }

    /// False for what may succeed later.
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
