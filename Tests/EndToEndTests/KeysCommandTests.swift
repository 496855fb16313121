import BridgeTesting
import Foundation
import Testing

/// `keys`, and a server that follows it.
@Suite(.serialized, .timeLimit(.minutes(3))) struct KeysCommandTests {
    private let folder: TemporaryFolder
    private let file: String

    init() throws {
        folder = try TemporaryFolder()
        file = folder.url.appending(path: "keys.jsonl").path
    }

    private func keys(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(["keys"] + arguments, environment: ["JARVIS_KEYS_FILE": file])
    }

    @Test func aKeyIsShownOnce() async throws {
        let added = try await keys("add", "kitchen", "--bridges", "stt,tts")
        #expect(added.status == 0 && added.errors.contains("only time") && added.errors.contains("is new"))
        let key = added.text.trimmingCharacters(in: .newlines)
        #expect(key.wholeMatch(of: /jb_[0-9a-f]{16}_[0-9a-f]{40}/) != nil, "\(added.text)")
        #expect(try await keys("add", "operator", "--role", "admin").status == 0)
        #expect(try !String(contentsOfFile: file, encoding: .utf8).contains(key))

        let list = try await keys("list", "--json")
        let rows = try #require(JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        #expect(rows.map { $0["name"] as? String } == ["kitchen", "operator"])
        #expect(rows.map { $0["role"] as? String } == ["use", "admin"])
        #expect(rows[0]["bridges"] as? [String] == ["stt", "tts"] && rows[1]["bridges"] == nil)
        #expect(Set(rows[0].keys) == ["name", "role", "bridges", "id", "created"])
        let table = try await keys("list")
        #expect(table.text.contains("kitchen   use    stt,tts") && !table.text.contains(key))

        #expect(try await keys("revoke", "kitchen").errors == "kitchen revoked.\n")
        #expect(try await keys("revoke", "operator").errors.contains("refuses everybody"))
    }

    @Test func aKeyMayHaveLimitsOfItsOwn() async throws {
        let added = try await keys(
            "add", "guest", "--limit", "stt=60/minute", "--limit", "llm=5/second, 20000 tokens/day")
        #expect(added.status == 0, "\(added.errors)")
        let list = try await keys("list", "--json")
        let rows = try #require(JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        let limits = rows[0]["limits"] as? [String: [String]]
        #expect(limits == ["stt": ["60 requests/minute"], "llm": ["5 requests/second", "20000 tokens/day"]])
        for wrong in ["stt", "stt=", "stt=60 tokens/minute", "radio=1/minute", "stt=60/fortnight"] {
            let refused = try await keys("add", "other", "--limit", wrong)
            #expect(refused.status == 64 && refused.errors.contains("--limit"), "\(wrong): \(refused.errors)")
        }
    }

    @Test func mistakesAreExplained() async throws {
        #expect(try await keys("list").errors.contains("There is no key file yet"))
        for (arguments, words) in [
            (["add", "a b"], "name must be"), (["add", "a", "--role", "open"], "role"),
            (["add", "a", "--bridges", "stt,ttt"], "bridges"), (["revoke", "nobody"], "is called nobody"),
            (["revoke"], "names"),
        ] {
            let refused = try await Program.run(["keys"] + arguments, environment: ["JARVIS_KEYS_FILE": file])
            #expect(refused.status == 64 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
            #expect(refused.text == "")
        }
        #expect(try await keys("add", "a").status == 0)
        let twice = try await keys("add", "a")
        #expect(twice.status == 64 && twice.errors.contains("There is a key a already") && twice.text == "")
        try Data("nonsense\n".utf8).write(to: URL(filePath: file))
        for command in [["keys", "list"], ["keys", "add", "b"], ["serve", "--port", "0"]] {
            let wrong = try await Program.run(command, environment: ["JARVIS_KEYS_FILE": file])
            #expect(wrong.status == 64 && wrong.errors.contains("Line 1 of the key file \(file) is wrong"))
        }
        let nowhere = try await Program.run(
            ["keys", "add", "a"], environment: ["JARVIS_KEYS_FILE": "/proc/nowhere/keys"])
        #expect(nowhere.status == 64 && nowhere.errors.contains("cannot be written"), "\(nowhere.errors)")
    }

    @Test func commandsAtTheSameTimeAllCount() async throws {
        let names = (0..<6).map { "name\($0)" }
        let statuses = try await withThrowingTaskGroup(of: Int32.self) { group in
            for name in names { group.addTask { try await keys("add", name).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 0, count: 6))
        let list = try await keys("list", "--json")
        let rows = try #require(JSONSerialization.jsonObject(with: list.output) as? [[String: Any]])
        #expect(Set(rows.compactMap { $0["name"] as? String }) == Set(names))
    }

    @Test func withoutKeysOtherMachinesAreServedByOrderOnly() async throws {
        let environment = ["JARVIS_DATA_DIR": folder.url.path]
        let refused = try await Program.run(["serve", "--host", "0.0.0.0", "--port", "0"], environment: environment)
        #expect(refused.status == 64 && refused.errors.contains("this server has no keys"), "\(refused.errors)")
        let doctor = try await Program.run(
            ["doctor", "--json", "--set", "host=0.0.0.0"], environment: environment)
        #expect(doctor.text.contains("this server has no keys"))
    }

    @Test func aServerFollowsChangesAndSIGHUP() async throws {
        let first = try await keys("add", "first").text.trimmingCharacters(in: .newlines)
        let server = try await RunningServer(environment: ["JARVIS_KEYS_FILE": file, "JARVIS_SERVICES_ENABLED": "tts"])
        func status(_ key: String) async throws -> Int {
            try await server.request("/api/tts/voices", headers: ["X-API-Key": key]).0
        }
        #expect(try await status(first) == 200)
        let second = try await keys("add", "second").text.trimmingCharacters(in: .newlines)
        #expect(try await keys("revoke", "first").status == 0)
        try await waitUntil(every: .milliseconds(50)) { server.logText.contains("The keys were read again.") }
        for _ in 0..<100 where try await status(first) == 200 { try await Task.sleep(for: .milliseconds(100)) }
        #expect(try await status(first) == 401)
        #expect(try await status(second) == 200)
        func readings() -> Int { server.logText.components(separatedBy: "The keys were read again.").count }
        let before = readings()
        // Nothing has changed: only the signal makes it read the file.
        try await Task.sleep(for: .seconds(3))
        #expect(readings() == before)
        kill(server.process.processIdentifier, SIGHUP)
        try await waitUntil(every: .milliseconds(50)) { readings() == before + 1 }
        #expect(try await status(second) == 200)
        #expect(!server.logText.contains(first) && !server.logText.contains(second))
        #expect(try await server.stop() == 0)
    }

    /// What posix_openpt, unlockpt and ptsname do on Linux; Swift sees none of them.
    ///
    /// - Returns: its controlling end, and the name of the other.
    private static func pseudoTerminal() throws -> (Int32, String) {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (locked, number) = (Int32(0), UInt32(0))
        let (setLock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
        try #require(
            terminal >= 0 && ioctl(terminal, setLock, &locked) == 0 && ioctl(terminal, getNumber, &number) == 0)
        return (terminal, "/dev/pts/\(number)")
    }

    /// SIGHUP comes then, and nobody wants anything read again.
    @Test func aServerEndsWithItsTerminal() async throws {
        let (terminal, name) = try Self.pseudoTerminal()
        let server = Process()
        server.executableURL = URL(filePath: "/usr/bin/env")
        // A session of its own, with its standard input as its terminal.
        server.arguments = ["setsid", "--ctty", "--wait", Program.path, "serve", "--port", "0"]
        server.environment = TestData.environment([
            "JARVIS_SERVICES_ENABLED": "tts", "JARVIS_DATA_DIR": folder.url.path,
        ])
        server.currentDirectoryURL = folder.url
        let log = folder.url.appending(path: "log")
        try Data().write(to: log)
        server.standardInput = FileHandle(fileDescriptor: open(name, O_RDWR | O_NOCTTY), closeOnDealloc: true)
        let output = try FileHandle(forWritingTo: log)
        (server.standardOutput, server.standardError) = (output, output)
        try server.run()
        func logged() throws -> String { try String(contentsOf: log, encoding: .utf8) }
        try await waitUntil(every: .milliseconds(20)) { try logged().contains("Ctrl-C stops it") }
        let child = try String(
            contentsOfFile: "/proc/\(server.processIdentifier)/task/\(server.processIdentifier)/children",
            encoding: .utf8)
        let process = try #require(Int32(child.trimmingCharacters(in: .whitespacesAndNewlines)))
        // The terminal is there: somebody asks.
        kill(process, SIGHUP)
        try await Task.sleep(for: .seconds(1))
        #expect(server.isRunning)
        close(terminal)
        try await waitUntil(every: .milliseconds(20)) { !server.isRunning }
        #expect(try logged().contains("Stopped."))
        #expect(server.terminationStatus == 0)
    }
}
