import BridgeSupport
import BridgeTesting
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import BridgeRuntime

/// The file of keys on the disk, and what a running server makes of its changes.
@Suite(.timeLimit(.minutes(1))) struct KeyFileTests {
    private let folder: TemporaryFolder
    private let file: KeyFile

    init() throws {
        folder = try TemporaryFolder()
        file = KeyFile(folder.url.appending(path: "below/keys.jsonl"))
    }

    private func configuration(_ settings: [String: String] = [:]) throws -> BridgeConfiguration {
        let flags = ["keys.file": file.url.path].merging(settings) { $1 }
        return try BridgeConfiguration.loadAlone(environment: [:], flags: flags)
    }

    @discardableResult private func add(_ name: String) throws -> AccessKey {
        let key = AccessKey.random()
        let entry = try KeyEntry(key, name: name, role: .use, created: .now)
        try file.update { list throws(ServiceError) in try list.add(entry) }
        return key
    }

    private func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test func onlyItsOwnerMayReadIt() throws {
        try add("a")
        #expect(try mode(file.url) == 0o600)
        chmod(file.url.path, 0o644)
        try add("b")
        #expect(try mode(file.url) == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: file.url.deletingLastPathComponent().path)
        #expect(names.sorted() == ["keys.jsonl", "keys.jsonl.lock"])
    }

    @Test func changesAtTheSameTimeAreAllMade() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for place in 0..<16 {
                group.addTask { try await Self.aside { try add("name\(place)") } }
            }
            try await group.waitForAll()
        }
        #expect(try file.read()?.entries.count == 16)
    }

    /// Waiting for the lock blocks a thread, which must not be one of Swift's.
    private static func aside(_ work: @escaping @Sendable () throws -> AccessKey) async throws {
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            Thread.detachNewThread { done.resume(with: Result { _ = try work() }) }
        }
    }

    @Test func aChangeThatFailsChangesNothing() throws {
        try add("a")
        let before = try String(contentsOf: file.url, encoding: .utf8)
        #expect(throws: ServiceError.self) { try add("a") }
        #expect(try String(contentsOf: file.url, encoding: .utf8) == before)
    }

    @Test func aLinkToItStays() throws {
        try add("a")
        let link = folder.url.appending(path: "link")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file.url)
        try KeyFile(link).update { list throws(ServiceError) in _ = list.revoke("a") }
        #expect(try file.read()?.entries.isEmpty == true)
        #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: link.path)) != nil)
    }

    @Test func whatCannotBeReadIsNoLackOfKeys() throws {
        try FileManager.default.createDirectory(at: file.url, withIntermediateDirectories: true)
        let error = #expect(throws: ServiceError.self) { try KeyRing(configuration()) }
        #expect(error?.message.contains("\(file.url.path) cannot be read") == true)
        let link = folder.url.appending(path: "link")
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/nowhere/keys")
        #expect(throws: ServiceError.self) { try KeyFile(link).read() }
        let pipe = folder.url.appending(path: "pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        #expect(throws: ServiceError.self) { try KeyFile(pipe).read() }
        let empty = folder.url.appending(path: "empty")
        try Data().write(to: empty)
        #expect(try KeyFile(empty).read()?.entries.isEmpty == true)
        let large = folder.url.appending(path: "large")
        try Data(count: 1).write(to: large)
        #expect(truncate(large.path, 1 << 30) == 0)
        #expect(throws: ServiceError.self) { try KeyFile(large).read() }
        let latin = folder.url.appending(path: "latin")
        try Data([35, 233, 10]).write(to: latin)
        #expect(throws: ServiceError.self) { try KeyFile(latin).read() }
    }

    @Test func aFileThatIsNamedMustBeThere() throws {
        let error = #expect(throws: ServiceError.self) { try KeyRing(configuration()) }
        #expect(error?.message.contains("There is no key file \(file.url.path) (keys.file)") == true)
        #expect(error?.message.contains("keys add NAME") == true)
    }

    @Test func otherMachinesAreServedWithKeysOrByOrder() throws {
        let open = ["host": "0.0.0.0", "keys.file": "", "data_dir": folder.url.path]
        let error = #expect(throws: ServiceError.self) { try configuration(open).checkAccess() }
        #expect(error?.param == "host" && error?.message.contains("open_to_all: true (JARVIS_OPEN_TO_ALL)") == true)
        try configuration(open.merging(["open_to_all": "true"]) { $1 }).checkAccess()
        try configuration(open.merging(["host": "127.0.0.1"]) { $1 }).checkAccess()
        try configuration(open.merging(["api_keys": "a-key-of-22-characters"]) { $1 }).checkAccess()
        try KeyFile(folder.url.appending(path: "keys.jsonl")).update { list throws(ServiceError) in }
        try configuration(open).checkAccess()
    }

    @Test func aRunningServerSeesChanges() throws {
        let ring = try KeyRing(configuration(["keys.file": "", "data_dir": file.url.deletingLastPathComponent().path]))
        #expect(ring.caller(showing: []).role == .admin)
        guard case .unchanged = ring.look(always: true) else { throw CancellationError() }
        // The first key closes the server.
        let key = try add("a")
        guard case .read(1) = ring.look(always: false) else { throw CancellationError() }
        #expect(ring.caller(showing: []) == .stranger && ring.caller(showing: [key.text]).name == "a")
        guard case .unchanged = ring.look(always: false) else { throw CancellationError() }
        guard case .read(1) = ring.look(always: true) else { throw CancellationError() }
        // The last one does not open it.
        try file.update { list throws(ServiceError) in _ = list.revoke("a") }
        guard case .read(0) = ring.look(always: false) else { throw CancellationError() }
        #expect(ring.caller(showing: [key.text]) == .stranger)
    }

    @Test func aWrongFileLeavesTheKeysAsTheyWere() throws {
        let key = try add("a")
        let ring = try KeyRing(configuration())
        try Data("\(try String(contentsOf: file.url, encoding: .utf8))nonsense\n".utf8).write(to: file.url)
        guard case .failed(let wrong) = ring.look(always: false) else { throw CancellationError() }
        #expect(wrong.message.hasPrefix("Line 3 of the key file"))
        #expect(ring.caller(showing: [key.text]).name == "a" && ring.caller(showing: []) == .stranger)
        // It is told once.
        guard case .unchanged = ring.look(always: false) else { throw CancellationError() }
        try FileManager.default.removeItem(at: file.url)
        guard case .failed(let gone) = ring.look(always: false) else { throw CancellationError() }
        #expect(gone.message.contains("is gone"))
        #expect(ring.caller(showing: [key.text]).name == "a" && ring.caller(showing: []) == .stranger)
        guard case .unchanged = ring.look(always: false) else { throw CancellationError() }
        let second = try add("b")
        guard case .read(1) = ring.look(always: false) else { throw CancellationError() }
        #expect(ring.caller(showing: [key.text]) == .stranger && ring.caller(showing: [second.text]).name == "b")
    }

    @Test func theWatchLooksEveryTwoSecondsAndTells() async throws {
        try add("a")
        let (clock, log) = (ManualClock(), LogRecorder())
        let ring = try KeyRing(configuration())
        let watch = FileWatch([ring], clock: clock, logger: log.logger)
        let group = ServiceGroup(configuration: .init(services: [watch], logger: log.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await clock.sleepers(atLeast: 1)
            let key = try add("b")
            clock.advance(by: FileWatch.interval)
            try await waitUntil { ring.caller(showing: [key.text]).name == "b" }
            try await clock.sleepers(atLeast: 1)
            try Data("nonsense\n".utf8).write(to: file.url)
            clock.advance(by: FileWatch.interval)
            try await waitUntil { log.text.contains("Line 1 of the key file") }
            #expect(log.text.contains("The keys known before stay.") && log.text.contains("The keys were read again."))
            #expect(!log.text.contains(key.text) && !log.text.contains("nonsense"))
            #expect(ring.caller(showing: [key.text]).name == "b")
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
