public import BridgeSupport
import Logging
import ServiceLifecycle
import Synchronization
import WorkScheduling

extension LanguageModelService {
    /// The result of the last background probe. Never waits.
    public func status() -> ServiceStatus {
        let state = state.withLock { $0 }
        let load = admission.snapshot
        let server = servers.standard
        var status = ServiceStatus(
            state: .healthy, model: servers.configured, lastError: state.lastError, queued: load.queued,
            running: load.running)
        switch state.reach[server.name] {
        case nil:
            status.state = .degraded
            status.message = "\(server.model.title) has not been asked yet. Ask again in a moment."
        case .unreachable(let message)?:
            status.state = .unavailable
            status.message = message
            status.lastError = message
        case .reached(let names)?:
            judge(names, of: server, &status)
        }
        return status
    }

    private func judge(_ names: [String], of server: LanguageModelServers.Server, _ status: inout ServiceStatus) {
        guard let model = servers.answering(first: names.first) else {
            status.state = .unavailable
            status.message = server.hasNoModel
            return
        }
        status.model = servers.configured ?? servers.title(of: model)
        let isThere = Set(names.map(server.model.canonicalName)).contains(server.model.canonicalName(model.name))
        guard !isThere else {
            status.loaded = true
            return
        }
        // Requests that name another model still work, if there is one.
        status.state = names.isEmpty ? .unavailable : .degraded
        status.message =
            "\(server.model.title) does not have the configured model '\(model.name)'. "
            + server.model.advice(forMissing: model.name)
    }

    /// Probes the servers until the task is cancelled or the service group shuts down.
    ///
    /// - Parameter onFirstLook: called once the servers have been probed.
    public func runProbe(onFirstLook: @escaping @Sendable () -> Void = {}) async throws {
        await cancelWhenGracefulShutdown {
            await self.probe()
            onFirstLook()
            while (try? await self.clock.sleep(for: self.probeInterval)) != nil { await self.probe() }
        }
    }

    /// Probes each server once; ``status()`` reports the result.
    public func probe() async {
        for server in servers.all {
            guard let seen = await look(at: server) else { return }
            let before = state.withLock { $0.reach.updateValue(seen, forKey: server.name) }
            logChange(of: server, from: before, to: seen)
        }
    }

    /// nil if the task was cancelled.
    private func look(at server: LanguageModelServers.Server) async -> Reach? {
        do {
            return .reached(try await server.model.models())
        } catch is CancellationError {
            return nil
        } catch {
            return .unreachable(
                (error as? ServiceError).map(server.model.publicMessage) ?? "\(server.model.title) cannot be reached.")
        }
    }

    private func logChange(of server: LanguageModelServers.Server, from before: Reach?, to now: Reach) {
        switch (before, now) {
        case (.reached, .reached), (.unreachable, .unreachable): break
        case (_, .reached(let names)):
            logger.info("\(server.model.title) is reachable", metadata: ["models": "\(names.count)"])
        case (_, .unreachable(let message)): logger.warning("\(message)")
        }
    }
}

extension LanguageModelServers.Server {
    /// The message if it has no model at all.
    var hasNoModel: String {
        "\(model.title) has no model that can write text. \(model.advice(forMissing: nil))"
    }
}
