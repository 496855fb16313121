import BridgeTesting
import Dispatch
import Testing

@testable import SpeechToText
@testable import WorkScheduling

/// A window of a long file, which a voice command does not wait for.
@Suite(.timeLimit(.minutes(1))) struct SteppingAsideTests {
    /// However the answer is searched for, and in each of several attempts.
    @Test(arguments: [(1, [0.0]), (3, [0]), (1, [1]), (1, [0, 1])])
    func aCommandWaitsForOneStepOfTheDecoder(beams: Int, temperatures: [Double]) async throws {
        let decoder = try WhisperFixtures.backend("whisper-multilingual").decoder
        let (log, door) = (Watched<[String]>([]), DispatchSemaphore(value: 0))
        let network = CountingNetwork(network: decoder.network) { number in
            log.update { $0.append("step \(number)") }
            if number == 2 { door.wait() }
        }
        let window = WindowDecoder(
            network: network, special: decoder.special, vocabulary: decoder.vocabulary, features: decoder.features,
            options: decoder.options, rules: decoder.rules)
        let samples = try ClipRecipe.render(try #require(try ClipRecipe.clips()["speech-fr-1"]))
        let scheduler = WorkScheduler(permits: 1)
        async let long = scheduler.ticket(.long).withPermit { permit in
            try window.decode(
                WindowJob(
                    samples: samples, frames: samples.count / 160, context: nil, language: "fr", candidates: nil,
                    task: .transcribe, previous: [], temperatures: temperatures, beamSize: beams, wantsWords: false,
                    seed: 0), permit: permit)
        }
        try await log.wait { $0.contains("step 2") }
        async let command: Void = scheduler.ticket(.interactive).withPermit { _ in log.update { $0.append("command") } }
        try await waitUntil { scheduler.waitingCount == 1 }
        door.signal()
        try await command
        _ = try await long
        let steps = log.value
        #expect(steps.prefix(4) == ["step 1", "step 2", "command", "step 3"])
    }
}
