import BridgeSupport
import BridgeTesting
import EspeakProtocol
import Foundation
import Testing
@testable import EspeakNG
@testable import TextToSpeech

#if canImport(Glibc)
    import Glibc
#endif

/// Texts that end libespeak-ng 1.51, and whatever else can happen to a process.
@Suite(.timeLimit(.minutes(2))) struct EspeakIsolationTests {
    /// They crash in its reader or overflow a buffer; which of them do depends on its version and its build.
    static let killers = [
        "---नमस्ते", String(repeating: "s'", count: 80), String(repeating: "s\u{2019}", count: 80),
        String(repeating: "x.y.", count: 50),
    ]

    private func own(_ program: WorkerProgram? = nil) throws -> EspeakNG {
        try EspeakNG(program ?? .besideThisProgram(dataDirectory: nil))
    }

    @Test(arguments: killers)
    func aKillerTextIsAnInternalErrorAndTheNextTextIsSpoken(_ text: String) async throws {
        let espeak = try own()
        let before = try await espeak.clauses(of: "Bonjour.", voice: "fr")
        for _ in 0..<3 {
            let error = await serviceError { _ = try await espeak.clauses(of: text, voice: "fr") }
            #expect(error == nil || error?.code == .internal, "\(String(describing: error))")
            if let error { #expect(!error.message.contains("signal") && error.cause is WorkerProcess.Lost) }
            #expect(try await espeak.clauses(of: "Bonjour.", voice: "fr") == before)
            _ = await serviceError { _ = try await espeak.speak(text, voice: "fr") }
            #expect(try await !espeak.speak("Bonjour.", voice: "fr").isEmpty)
        }
    }

    @Test func someKnownKillerEndsThisVersion() async throws {
        let espeak = try own()
        var lost = 0
        for text in Self.killers
        where await serviceError({ _ = try await espeak.clauses(of: text, voice: "fr") }) != nil {
            lost += 1
        }
        #expect(lost > 0, "this suite proves nothing any more: find other texts")
    }

    @Test func aProcessKilledWhileIdleIsNotMissed() async throws {
        let espeak = try own()
        for _ in 0..<5 {
            for processID in try await Self.processIDs(of: espeak) { kill(processID, SIGKILL) }
            // A process that is killed lives a moment longer.
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await espeak.clauses(of: "Bonjour.", voice: "fr").count == 1)
        }
    }

    @Test func aTextWhoseProcessIsKilledFromOutsideIsSpokenByAnother() async throws {
        let espeak = try own()
        let long = String(repeating: "Bonjour monde, élan vital, ", count: 4000)
        let whole = try await espeak.clauses(of: long, voice: "fr")
        let processIDs = try await Self.processIDs(of: espeak)
        let task = Task { try await espeak.clauses(of: long, voice: "fr") }
        // Until one of them has begun to work.
        let before = processIDs.reduce(into: [:]) { $0[$1] = Self.ticks(of: $1) }
        var busy: pid_t?
        for _ in 0..<2000 where busy == nil {
            busy = processIDs.first { Self.ticks(of: $0) > before[$0, default: 0] }
            try await Task.sleep(for: .milliseconds(1))
        }
        kill(try #require(busy), SIGKILL)
        #expect(try await task.value == whole)
    }

    @Test func textsAreSpokenWhileAllProcessesAreEndedAgainAndAgain() async throws {
        let espeak = try own()
        let whole = try await espeak.clauses(of: "Bonjour tout le monde.", voice: "fr")
        for round in 0..<20 {
            let processIDs = try await Self.processIDs(of: espeak)
            try await withThrowingTaskGroup(of: [Clause].self) { group in
                for _ in 0..<4 { group.addTask { try await espeak.clauses(of: "Bonjour tout le monde.", voice: "fr") } }
                for processID in processIDs { kill(processID, round.isMultiple(of: 2) ? SIGKILL : SIGTERM) }
                for try await clauses in group { #expect(clauses == whole) }
            }
        }
    }

    @Test func aProcessThatEndsBeforeItIsReadyIsStartedAgain() throws {
        let folder = try TemporaryFolder()
        let program = try WorkerProgram.besideThisProgram(dataDirectory: nil)
        let counter = folder.url.appending(path: "starts").path
        // The first two are ended by a signal that the program itself never raises.
        let script = """
            #!/bin/sh
            echo start >> \(counter)
            [ "$(grep -c start \(counter))" -le 2 ] && kill -KILL $$
            exec \(program.path) "$@"
            """
        let path = folder.url.appending(path: "jarvis-espeak").path
        try Data(script.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        #expect(try WorkerProgram(path: path).start().hello.sampleRate == 22_050)
    }

    @Test func aStoppedProcessIsGivenUpAndNoTextIsBlamed() async throws {
        var program = try WorkerProgram.besideThisProgram(dataDirectory: nil)
        // Longer than this test takes on either clock: it is not time that gives the process up.
        program.patience = .seconds(86_400)
        let clock = ManualClock()
        program.clock = clock
        let espeak = try own(program)
        for processID in try await Self.processIDs(of: espeak) { kill(processID, SIGSTOP) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await Task.sleep(for: .milliseconds(5))
                    clock.advance(by: .seconds(2))
                }
            }
            let clauses = try await espeak.clauses(of: "Bonjour.", voice: "fr")
            #expect(clauses.count == 1)
            group.cancelAll()
        }
    }

    @Test func aProcessOverItsMemoryLimitEndsAndTheServerKnows() throws {
        let worker = try WorkerProgram.besideThisProgram(dataDirectory: nil).start()
        // No text of a size that is let in needs the real limit.
        let limiter = try Process.run(
            URL(filePath: "/usr/bin/prlimit"), arguments: ["--pid", "\(worker.processID)", "--data=\(1 << 20)"])
        limiter.waitUntilExit()
        #expect(limiter.terminationStatus == 0)
        var request = FrameWriter()
        request.frame(.phonemize) {
            $0.string("fr")
            $0.uint32(1)
            $0.bool(false)
            $0.bool(false)
            $0.string(String(repeating: "Bonjour monde, élan vital, ", count: 100_000))
        }
        let lost = #expect(throws: WorkerProcess.Lost.self) {
            try worker.exchange(request, isCancelled: { false }, take: { _ in })
        }
        #expect(lost?.hasGone == true && lost?.isNobodysFault == false, "\(String(describing: lost))")
    }

    @Test func aProcessSeesNoKeysHoldsNoFilesOfOursAndTakesLittleMemory() async throws {
        setenv("JARVIS_API_KEYS", "topsecret", 1)
        defer { unsetenv("JARVIS_API_KEYS") }
        let espeak = try own()
        let id = try #require(try await Self.processIDs(of: espeak).first)
        let environment = try String(contentsOfFile: "/proc/\(id)/environ", encoding: .utf8)
        let names = Set(
            environment.split(separator: "\0").compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(
            names.isSubset(of: ["HOME", "ESPEAK_DATA_PATH", "LD_LIBRARY_PATH", "PULSE_SERVER", "SWIFT_BACKTRACE"]),
            "\(names)")
        let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd")
        #expect(Set(files).isSubset(of: ["0", "1", "2"]), "\(files)")
        let limits = try String(contentsOfFile: "/proc/\(id)/limits", encoding: .utf8).split(separator: "\n")
        func limit(_ name: String) -> String? {
            limits.first { $0.hasPrefix(name) }?.dropFirst(26).split(separator: " ").first.map(String.init)
        }
        #expect(limit("Max data size") == "\(256 << 20)")
        #expect(limit("Max core file size") == "0" && limit("Max file size") == "0")
        #expect(limit("Max cpu time").flatMap(Int.init) ?? 1000 <= 30)
    }

    @Test func aProcessEndsWithTheSocketOfItsServer() async throws {
        let worker = try WorkerProgram.besideThisProgram(dataDirectory: nil).start()
        let id = worker.processID
        #expect(kill(id, 0) == 0)
        withExtendedLifetime(worker) {}
        _ = consume worker
        // It was waited for, so that its number is free.
        #expect(kill(id, 0) == -1)
    }

    @Test func aMissingProgramIsToldWithWhatToDoEachTime() async throws {
        let program = WorkerProgram(path: "/nonexistent/jarvis-espeak")
        let error = await serviceError { _ = try own(program) }
        #expect(error?.code == .modelNotInstalled && error?.message.contains("./jarvis build") == true)
        let other = await serviceError { _ = try own(WorkerProgram(path: "/bin/true")) }
        #expect(other?.code == .modelNotInstalled && other?.message.contains("does not start") == true)
    }

    @Test func cancellingHundredsOfTextsLeavesTheProcessesHealthy() async throws {
        let espeak = try own()
        let long = String(repeating: "Bonjour monde, élan vital, ", count: 2000)
        for index in 0..<20 {
            let task = Task { try await espeak.speak(long, voice: "fr") }
            try await Task.sleep(for: .milliseconds(index % 7))
            task.cancel()
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
        // Callers who wait for a process are let go as well.
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await espeak.speak(long, voice: "fr") } }
            group.cancelAll()
            while let result = await group.nextResult() {
                #expect(throws: CancellationError.self) { try result.get() }
            }
        }
        #expect(try await espeak.clauses(of: "Bonjour.", voice: "fr").count == 1)
    }

    /// Hundredths of a second that a process has computed.
    private static func ticks(of processID: pid_t) -> Int {
        guard let status = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
            let fields = status.split(separator: ")").last?.split(separator: " "), fields.count > 12
        else { return 0 }
        return (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
    }

    /// The processes that answer, one after the other.
    private static func processIDs(of espeak: EspeakNG) async throws -> Set<pid_t> {
        var found: Set<pid_t> = []
        for _ in 0..<4 { found.insert(try await espeak.pool.withWorker { $0.processID }) }
        return found
    }
}
