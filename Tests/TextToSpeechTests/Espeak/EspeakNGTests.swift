import BridgeSupport
import EspeakNG
import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct EspeakNGTests {
    @Test func saysItsVersionAndData() throws {
        let espeak = try EspeakNG.shared()
        #expect(espeak.version.contains("."))
        #expect(espeak.sampleRate == 22050)
        #expect(FileManager.default.fileExists(atPath: espeak.dataDirectory))
    }

    @Test func refusesADirectoryWithoutData() async {
        let error = await serviceError { _ = try EspeakNG.shared(dataDirectory: "/nonexistent/data") }
        #expect(error?.code == .modelNotInstalled)
        #expect(error?.message.contains("/nonexistent/data") == true)
    }

    @Test func refusesVoicesThatItDoesNotHave() async throws {
        let espeak = try EspeakNG.shared()
        for name in ["", "fr_FR", "../fr", "no such voice", "fr\0"] {
            #expect(try !espeak.hasVoice(name))
            #expect(
                await serviceError { _ = try await espeak.clauses(of: "a", voice: name) }?.code == .modelNotInstalled)
            #expect(await serviceError { _ = try await espeak.speak("a", voice: name) }?.code == .modelNotInstalled)
        }
        #expect(try espeak.hasVoice("fr") && espeak.hasVoice("en-us"))
    }

    @Test func clausesMakeUpTheText() async throws {
        let text = "Écoute… À Paris, « Émile » dort ! Ça, oui.\n\nFin"
        let clauses = try await EspeakNG.shared().clauses(of: text, voice: "fr")
        #expect(clauses.map(\.text).joined() == text)
    }

    @Test func controlCharactersAreLeftOut() async throws {
        let espeak = try EspeakNG.shared()
        let plain = try await espeak.clauses(of: "Le Vent souffle.", voice: "fr").map(\.phonemes)
        #expect(try await espeak.clauses(of: "Le \u{1}Ve\0nt\u{1B} souffle.", voice: "fr").map(\.phonemes) == plain)
    }

    /// The library is one global state: callers in parallel must not see each other's voice or text.
    @Test func manyCallersGetTheirOwnResults() async throws {
        let espeak = try EspeakNG.shared()
        let french = try await espeak.clauses(of: "Six chaises, dix tables.", voice: "fr")
        let english = try await espeak.clauses(of: "Six chairs, ten tables.", voice: "en-us")
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    index.isMultiple(of: 2)
                        ? try await espeak.clauses(of: "Six chaises, dix tables.", voice: "fr") == french
                        : try await espeak.clauses(of: "Six chairs, ten tables.", voice: "en-us") == english
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    /// Of two dots at the end the library keeps the second one for the next text.
    @Test(arguments: ["etc..", "Voilà.. Oui.."]) func nothingOfATextComesIntoTheNext(_ text: String) async throws {
        let espeak = try EspeakNG.shared()
        let alone = try await espeak.clauses(of: "10 h.", voice: "en-us")
        _ = try await espeak.clauses(of: text, voice: "fr")
        #expect(try await espeak.clauses(of: "10 h.", voice: "en-us") == alone)
        _ = try await espeak.speak(text, voice: "fr")
        #expect(try await espeak.clauses(of: "10 h.", voice: "en-us") == alone)
    }

    @Test func speaksAtAPlausibleLevelAndRate() async throws {
        let espeak = try EspeakNG.shared()
        let samples = try await espeak.speak("Bonjour, comment allez-vous ?", voice: "fr")
        let seconds = Double(samples.count) / 22050
        #expect((1.0...3.0).contains(seconds))
        let level = (samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)).squareRoot()
        #expect((0.02...0.4).contains(level))
        let fast = try await espeak.speak("Bonjour, comment allez-vous ?", voice: "fr", rate: 350)
        #expect(Double(fast.count) < 0.7 * Double(samples.count))
        #expect(try await espeak.speak("", voice: "fr").count < 2205)
    }

    @Test func aCancelledSpeechLeavesNothingBehind() async throws {
        let espeak = try EspeakNG.shared()
        let before = try await espeak.clauses(of: "arbre", voice: "fr")
        // Hours of speech: it can't be done before the cancellation, however busy the machine is.
        let long = String(repeating: "Bonjour monde, élan vital, ", count: 20_000)
        let task = Task { try await espeak.speak(long, voice: "fr") }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(try await espeak.clauses(of: "arbre", voice: "fr") == before)
    }
}
