import BridgeSupport
import BridgeTesting
import Foundation
import InMemoryLogging
import Logging
import Testing

@testable import BridgeRuntime

@Suite(.timeLimit(.minutes(1))) struct RequestAccountTests {
    private let log = LogRecorder()

    private func runtime(_ settings: [String: String] = [:]) throws -> Runtime {
        let settings = ["data_dir": TestData.nowhere.path].merging(settings) { $1 }
        let configuration = try BridgeConfiguration.loadAlone(environment: [:], flags: settings)
        return try Runtime(
            BridgeServices.make(configuration: configuration, logger: log.logger), logger: log.logger)
    }

    /// A request of a door that is not HTTP.
    private func account(_ outcome: RequestAccount.Outcome, isProbe: Bool = false) -> RequestAccount {
        RequestAccount(
            door: "wyoming", id: "r", route: "transcribe", labels: [("event", "audio-stop"), ("route", "transcribe")],
            policy: RequestPolicy(group: isProbe ? .probes : .bridge(.stt)), outcome: outcome, total: .milliseconds(250)
        )
    }

    @Test(arguments: [
        (RequestAccount.Outcome.answered, false, Logger.Level.info), (.answered, true, .debug),
        (.refused, false, .info), (.refused, true, .info), (.unavailable, false, .warning),
        (.unavailable, true, .debug), (.failed, false, .error), (.failed, true, .error),
    ])
    func theLevelTellsHowItWent(_ outcome: RequestAccount.Outcome, isProbe: Bool, level: Logger.Level) throws {
        try runtime().close(account(outcome, isProbe: isProbe), .init())
        #expect(log.entries.last?.level == level)
    }

    @Test func everyDoorIsCountedAndLoggedAlike() throws {
        let runtime = try runtime()
        let record = RequestRecord()
        record.note(
            StageTimings(queue: .milliseconds(20), compute: .seconds(1)), model: "whisper", audioSeconds: 4)
        runtime.close(account(.answered), record.snapshot)
        let text = runtime.metrics.render()
        for line in [
            #"jarvis_wyoming_requests_total{event="audio-stop",route="transcribe"} 1"#,
            #"jarvis_wyoming_request_duration_seconds_sum{route="transcribe"} 0.25"#,
            #"jarvis_real_time_factor_sum{route="transcribe"} 0.25"#,
            #"jarvis_queue_wait_seconds_sum{route="transcribe"} 0.02"#,
        ] { #expect(text.contains(line + "\n"), "\(line)") }
        let metadata = log.entries.last?.metadata.mapValues { "\($0)" }
        #expect(
            metadata == [
                "event": "audio-stop", "request_id": "r", "route": "transcribe", "model": "whisper",
                "queue_ms": "20.0", "compute_ms": "1000.0", "total_ms": "250.0",
            ])
    }

    @Test func aCauseIsLoggedForDefectsOnly() throws {
        let runtime = try runtime()
        let record = RequestRecord()
        record.note(failure: ServiceError(.internal, "It failed.", param: "text", cause: CancellationError()))
        runtime.close(account(.unavailable), record.snapshot)
        #expect(log.entries.last?.metadata["code"] == "internal" && log.entries.last?.metadata["param"] == "text")
        #expect(log.entries.last?.metadata["cause"] == nil)
        runtime.close(account(.failed), record.snapshot)
        #expect(log.entries.last?.metadata["cause"] != nil)
        // A request whose client has left did not fail.
        record.noteClientLeft()
        runtime.close(account(.refused), record.snapshot)
        #expect(log.entries.last?.metadata["code"] == nil)
    }

    @Test func aCallerThatIsKnownIsNamed() throws {
        let record = RequestRecord()
        record.note(Caller(name: "key-2", role: .use))
        try runtime().close(account(.answered), record.snapshot)
        #expect(log.entries.last?.metadata["caller"] == "key-2")
    }

    // MARK: Who is let in

    @Test func whatIsSwitchedOffIsRefused() throws {
        let runtime = try runtime(["services.enabled": "tts"])
        let caller = Caller(name: "key-1", role: .use)
        try runtime.admit(RequestPolicy(group: .bridge(.tts)), of: caller)
        try runtime.admit(RequestPolicy(group: .probes), of: caller)
        let error = #expect(throws: ServiceError.self) {
            try runtime.admit(RequestPolicy(group: .bridge(.stt)), of: caller)
        }
        #expect(error?.code == .notFound)
    }

    @Test(arguments: [
        (Role.open, Caller.stranger, nil), (.use, .stranger, ServiceError.Code.unauthorized),
        (.admin, .stranger, .unauthorized), (.use, Caller(name: "key-1", role: .use), nil),
        (.admin, Caller(name: "key-1", role: .use), .forbidden), (.admin, Caller(name: "key-1", role: .admin), nil),
    ])
    func aRoleIsAskedFor(_ role: Role, caller: Caller, refusal: ServiceError.Code?) throws {
        let runtime = try runtime()
        var error: ServiceError?
        do {
            try runtime.admit(RequestPolicy(role: role, group: .probes), of: caller)
        } catch let refused {
            error = refused
        }
        #expect(error?.code == refusal)
    }
}
