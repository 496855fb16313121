import BridgeSupport
import BridgeTesting
import Foundation
import InMemoryLogging
import Logging
import Testing
import WorkScheduling

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
    private func account(_ outcome: RequestAccount.Outcome, of runtime: Runtime, isProbe: Bool = false)
        -> RequestAccount
    {
        let meters = RouteMeters(
            runtime.metrics, door: "wyoming", route: "transcribe",
            policy: RequestPolicy(group: isProbe ? .probes : .bridge(.stt)))
        return RequestAccount(
            id: "r", meters: meters, counter: meters.requests([("event", "audio-stop")]),
            labels: [("event", "audio-stop")], outcome: outcome, total: .milliseconds(250))
    }

    @Test(arguments: [
        (RequestAccount.Outcome.answered, false, Logger.Level.info), (.answered, true, .debug),
        (.refused, false, .info), (.refused, true, .info), (.unavailable, false, .warning),
        (.unavailable, true, .debug), (.failed, false, .error), (.failed, true, .error),
    ])
    func theLevelTellsHowItWent(_ outcome: RequestAccount.Outcome, isProbe: Bool, level: Logger.Level) throws {
        let runtime = try runtime()
        runtime.close(account(outcome, of: runtime, isProbe: isProbe), .init())
        #expect(log.entries.last?.level == level)
    }

    @Test func requestsThatEndAlikeAreCountedOneByOneAndLoggedTogether() throws {
        let runtime = try runtime()
        let record = RequestRecord()
        record.note(failure: ServiceError(.overloaded, "Full."))
        let account = account(.unavailable, of: runtime)
        for _ in 0..<3 { runtime.count(account, record.snapshot) }
        #expect(log.entries.isEmpty)
        runtime.log(["a", "b", "c"], like: account, record.snapshot)
        let line = try #require(log.entries.last)
        #expect(log.entries.count == 1 && line.level == .warning && line.message == "requests")
        #expect(line.metadata["request_ids"] == ["a", "b", "c"] && line.metadata["code"] == "overloaded")
        #expect(line.metadata["request_id"] == nil && line.metadata["total_ms"] == nil)
        let text = runtime.metrics.render()
        #expect(text.contains(#"jarvis_wyoming_requests_total{event="audio-stop",route="transcribe"} 3"#))
    }

    @Test func everyDoorIsCountedAndLoggedAlike() throws {
        let runtime = try runtime()
        let record = RequestRecord()
        record.add(.milliseconds(15), to: .queue)
        record.add(.milliseconds(5), to: .queue)
        record.note(
            StageTimings(queue: .milliseconds(20), compute: .seconds(1)), model: "whisper",
            usage: RequestUsage(audioSeconds: 4, characters: 3, texts: 2, promptTokens: 5, generatedTokens: 6))
        record.note(firstToken: .milliseconds(125), generation: .seconds(2))
        record.note(firstAudio: .milliseconds(750))
        runtime.close(account(.answered, of: runtime), record.snapshot)
        let text = runtime.metrics.render()
        for line in [
            #"jarvis_wyoming_requests_total{event="audio-stop",route="transcribe"} 1"#,
            #"jarvis_wyoming_request_duration_seconds_sum{route="transcribe"} 0.25"#,
            #"jarvis_real_time_factor_sum{route="transcribe"} 0.25"#,
            #"jarvis_stage_duration_seconds_sum{route="transcribe",stage="queue"} 0.02"#,
            #"jarvis_stage_duration_seconds_sum{route="transcribe",stage="compute"} 1"#,
            #"jarvis_time_to_first_token_seconds_sum{route="transcribe"} 0.125"#,
            #"jarvis_time_to_first_audio_seconds_sum{route="transcribe"} 0.75"#,
            #"jarvis_generated_tokens_per_second_sum{route="transcribe"} 3"#,
            #"jarvis_usage_total{route="transcribe",unit="audio_seconds"} 4"#,
            #"jarvis_usage_total{route="transcribe",unit="characters"} 3"#,
            #"jarvis_usage_total{route="transcribe",unit="texts"} 2"#,
            #"jarvis_usage_total{route="transcribe",unit="prompt_tokens"} 5"#,
            #"jarvis_usage_total{route="transcribe",unit="generated_tokens"} 6"#,
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
        runtime.close(account(.unavailable, of: runtime), record.snapshot)
        #expect(log.entries.last?.metadata["code"] == "internal" && log.entries.last?.metadata["param"] == "text")
        #expect(log.entries.last?.metadata["cause"] == nil)
        runtime.close(account(.failed, of: runtime), record.snapshot)
        #expect(log.entries.last?.metadata["cause"] != nil)
        // A request whose client has left did not fail.
        record.noteClientLeft()
        runtime.close(account(.refused, of: runtime), record.snapshot)
        #expect(log.entries.last?.metadata["code"] == nil)
    }

    @Test func aCallerThatIsKnownIsNamed() throws {
        let record = RequestRecord()
        record.note(Caller(name: "key-2", role: .use))
        let runtime = try runtime()
        runtime.close(account(.answered, of: runtime), record.snapshot)
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
