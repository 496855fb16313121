import BridgeTesting
import Foundation
import Testing

/// What `./jarvis bench accuracy` counts, and what it says about folders that it can't use. No server is needed for either.
@Suite(.timeLimit(.minutes(2))) struct AccuracyBenchTests {
    private static let benchmarks = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Benchmarks")

    private func python(_ arguments: String...) async throws -> Program.Outcome {
        try await Program.run(
            ["python3", "-B"] + arguments, at: "/usr/bin/env", environment: ["PYTHONPATH": Self.benchmarks.path])
    }

    @Test(arguments: [
        ("Allume la lumière.", "allume la lumière", 0),
        ("allume la lumière", "allume la lumiere", 1),
        ("allume la lumière", "allume lumière", 1),
        ("allume la lumière", "allume donc la lumière", 1),
        ("allume la lumière", "", 3),
        ("one two three", "two three four", 2),
        ("J’ai l'heure, allez-vous", "j'ai l heure allez vous", 0),
        ("J'ai l'heure", "j'ai leur", 2),
        ("dix-sept et vingt, zéro", "17 et 20, 0", 0),
        ("dix sept", "17", 0),
        ("I have twenty apples and one pear", "I have 20 apples and 1 pear", 0),
        ("dix", "11", 1),
        ("cafe\u{301}", "café", 0),
    ]) func differencesAreCountedInWords(said: String, heard: String, expected: Int) async throws {
        let count = "import sys, accuracy; print(accuracy.edits(*map(accuracy.words, sys.argv[1:])))"
        let counted = try await python("-c", count, said, heard)
        #expect(counted.text == "\(expected)\n", "\(counted.errors)")
    }

    @Test func aRecordingWithoutItsTextIsNamed() async throws {
        let folder = try TemporaryFolder()
        try Data().write(to: folder.url.appending(path: "01.wav"))
        try Data().write(to: folder.url.appending(path: "02.wav"))
        try Data("?!".utf8).write(to: folder.url.appending(path: "02.txt"))
        let program = Self.benchmarks.appending(path: "accuracy.py").path
        let said = try await python(program, "http://127.0.0.1:9", folder.url.path)
        let lines = said.errors.split(separator: "\n")
        #expect(said.status == 1 && said.text.isEmpty)
        try #require(lines.count == 3, "\(said.errors)")
        #expect(lines[0].hasSuffix("/01.wav is left out; write what is said in it into 01.txt beside it."))
        #expect(lines[1].hasSuffix("/02.wav is left out; there are no words in 02.txt."))
        #expect(lines[2].hasPrefix("error: no recording (flac, m4a, "))
    }

    @Test func aMissingFolderIsSaidBeforeAServerStarts() async throws {
        let script = Self.benchmarks.appending(path: "accuracy_bench.sh").path
        let said = try await Program.run(["voix"], at: script, environment: ["CALLER": "/nowhere"])
        #expect(said.status == 1)
        #expect(said.errors.hasPrefix("error: there is no folder /nowhere/voix. Name one"), "\(said.errors)")
        #expect(said.errors.split(separator: "\n").count == 1)
    }
}
