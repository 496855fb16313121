import BridgeSupport
import Foundation
import Synchronization

/// The keys that are known now, which change while the server runs.
package final class KeyRing: ReloadedFile {
    private struct State {
        var callers: Callers
        /// Of the file as it was last looked at, right or wrong.
        var stamp: String?
    }
    private let configured: [String]
    let file: KeyFile
    var source: SharedFile { file.file }
    var contents: String { "keys" }
    private let state: Mutex<State>
    /// Where no key is asked for, a request takes no lock.
    private let asks: Atomic<Bool>

    /// - Throws: `invalid_request` if the key file is wrong, or missing though the configuration names it.
    init(_ configuration: BridgeConfiguration) throws(ServiceError) {
        (configured, file) = (configuration[Keys.apiKeys], configuration.keyFile)
        // The stamp comes first: a change after it is seen by the next look.
        let stamp = file.file.stamp
        let list = try file.read()
        if list == nil, !configuration[Keys.keyFile].isEmpty {
            throw .invalid(
                Keys.keyFile.name,
                "There is no key file \(file.url.path) (\(Keys.keyFile.name)). Make it, with a first key, by '\(CommandName.current) keys add NAME'."
            )
        }
        let callers = Callers(keys: configured, entries: list?.entries)
        state = Mutex(State(callers: callers, stamp: stamp))
        asks = Atomic(callers.asksForKey)
    }

    /// Whether a key is asked for. If not, nobody need be asked which ones were shown.
    package var asksForKey: Bool { asks.load(ordering: .acquiring) }

    /// Who has shown these keys; see ``Callers``.
    package func caller(showing shown: [String]) -> Caller {
        guard asksForKey else { return .anyone }
        return state.withLock { $0.callers }.caller(showing: shown)
    }

    func note(_ stamp: String?) -> String? {
        state.withLock { state in
            defer { state.stamp = stamp }
            return state.stamp
        }
    }

    func reload(wasThere: Bool) throws(ServiceError) -> FileLook {
        guard let list = try file.read() else {
            if wasThere { throw gone }
            return .unchanged
        }
        let callers = Callers(keys: configured, entries: list.entries)
        state.withLock { $0.callers = callers }
        asks.store(true, ordering: .releasing)
        return .read(callers.count)
    }

    private var gone: ServiceError {
        .invalid(
            Keys.keyFile.name,
            "The key file \(file.url.path) is gone. To serve without its keys, start the server again; otherwise put it back."
        )
    }
}
