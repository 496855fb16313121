import BridgeSupport
import BridgeTesting
import Foundation
import ServiceLifecycle
import SpokenText
import Testing

@testable import BridgeRuntime

/// The lexicon's file: what is read of it, what is wrong with it, and who changes it.
@Suite(.timeLimit(.minutes(2))) struct HouseLexiconTests {
    private let folder: TemporaryFolder
    private var url: URL { folder.url.appending(path: "lexicon.yaml") }

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: url) }

    private func lexicon(_ settings: [String: String] = [:]) throws -> HouseLexicon {
        HouseLexicon(
            try BridgeConfiguration.loadAlone(
                environment: [:], flags: ["data_dir": folder.url.path].merging(settings) { $1 }))
    }

    private func expect(_ look: FileLook, reads count: Int) {
        guard case .read(count) = look else {
            Issue.record("\(look)")
            return
        }
    }

    @Test func aFileSaysHowWordsAreSaid() throws {
        try write(
            """
            # A comment.
            entries:
              - match: Yves
                say: ive
              - {match: 12:30, say: midi trente, language: fr-BE}
              - match: no
                phonemes: "ʒɑ̃"
            """)
        let entries = try lexicon().lexicon.entries
        #expect(entries.map(\.match) == ["Yves", "12:30", "no"] && entries.map(\.say) == ["ive", "midi trente", nil])
        #expect(entries.map(\.language) == [nil, "fr-BE", nil])
        // Voices know the accent apart from its letter.
        #expect(entries[2].phonemes.map { Array($0.unicodeScalars) } == Array("ʒɑ\u{303}".unicodeScalars))
    }

    @Test func withoutAFileThereAreNoWords() throws {
        for text in [nil, "", "# nothing\n", "entries:\n", "entries: []"] {
            if let text { try write(text) }
            let house = try lexicon()
            #expect(house.lexicon.isEmpty && house.problem == nil, "\(text ?? "")")
        }
    }

    @Test(arguments: [
        ("- match: a\n  say: b", 1, "it must have \"entries:\""), ("entries: []\nmore: 1", 2, "nothing else beside it"),
        ("entries: Yves", 1, "entries must be a list"), ("entries:\n- Yves", 2, "an entry must have match"),
        ("entries:\n- say: b", 2, "the entry has no match"),
        ("entries:\n- match: a\n  sya: b", 3, "there are match, say, phonemes, language"),
        ("entries:\n- match: a\n  say: [b]", 3, "say must be a text"),
        ("entries:\n- match: a\n  say:", 3, "say must be a text"),
        ("entries:\n- match: a\n  say: b\n  phonemes: c", 4, "phonemes is there besides \"say\""),
        ("entries:\n- match: a", 2, "the entry says neither"),
        ("entries:\n- match: ok\n  say: b\n- match: a*b*\n  say: c", 4, "match has more than one *"),
        (
            "entries:\n- match: a\n  say: abcdefghijklmnopqrstuvwxyz", 3,
            "say has 26 characters; for so short a match 24"
        ),
        ("entries:\n- match: a\n  say: b\n  language: klingon", 4, "language names no language"),
        ("entries:\n- match: a\n  say: b\n  language: zz-FR", 4, "language names no language"),
        ("entries:\n- match: Ah\n  say: b\n- match: ah\n  say: c", 4, "the same as that of the entry in line 2."),
        ("entries:\n- match: \"secret\n  say: b", 2, "is not YAML"),
        ("entries:\n- match: a\n  match: b", 2, "there twice"),
        ("entries:\n- match: a\n  say: b\nfoo: 1", 4, "nothing else beside it"),
        ("entries:\n- match: a\u{0}", 2, "does not allow"),
        ("\t- a", 1, "is not YAML"),
    ])
    func aWrongFileIsNamedWithItsLine(text: String, line: Int, reason: String) throws {
        try write(text)
        let house = try lexicon()
        let problem = try #require(house.problem)
        #expect(house.lexicon.isEmpty && problem.code == .invalidRequest && problem.param == "tts.lexicon")
        #expect(problem.message.contains(url.path) && problem.message.contains(reason), "\(problem.message)")
        #expect(line == 0 || problem.message.contains("line \(line)"), "\(problem.message)")
        #expect(!problem.message.contains("secret"))
    }

    @Test func whatIsNoTextIsNoLexicon() throws {
        try Data([0x65, 0x0A, 0x65, 0xE9]).write(to: url)
        #expect(try lexicon().problem?.message.contains("is not UTF-8 text in line 2") == true)
        try write(String(repeating: "#", count: 5 << 20))
        #expect(try lexicon().problem?.message.contains("more than 4 MiB") == true)
        try FileManager.default.removeItem(at: url)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        #expect(try lexicon().problem?.message.contains("cannot be read") == true)
        // What was sent is not at fault.
        let error = #expect(throws: ServiceError.self) {
            try lexicon().replace(by: [Lexicon.Entry(match: "a", say: "b")])
        }
        #expect(error?.code == .internal && error?.message.contains("cannot be read") == true)
        let named = try lexicon(["tts.lexicon": "/nowhere/l.yaml"])
        #expect(named.problem?.message.contains("There is no lexicon /nowhere/l.yaml (tts.lexicon)") == true)
    }

    @Test func aRunningServerSeesChangesAndKeepsTheOldWordsWhereTheyAreWrong() throws {
        let house = try lexicon()
        guard case .unchanged = house.look(always: true) else { throw CancellationError() }
        try write("entries: [{match: a, say: b}]")
        expect(house.look(always: false), reads: 1)
        guard case .unchanged = house.look(always: false) else { throw CancellationError() }
        // The permissions have changed, and this process may no longer be allowed to read it.
        chmod(url.path, 0o600)
        expect(house.look(always: false), reads: 1)
        expect(house.look(always: true), reads: 1)
        try write("entries: [{match: a, say: c}, {match: b}]")
        guard case .failed(let error) = house.look(always: false) else { throw CancellationError() }
        #expect(error.message.contains("line 1") && house.problem?.message == error.message)
        #expect(house.lexicon.entries == [Lexicon.Entry(match: "a", say: "b")])
        // It is told once.
        guard case .unchanged = house.look(always: false) else { throw CancellationError() }
        try write("entries: [{match: a, say: c}]")
        expect(house.look(always: false), reads: 1)
        #expect(house.lexicon.entries.first?.say == "c" && house.problem == nil)
        // Deleting the file empties the lexicon.
        try FileManager.default.removeItem(at: url)
        expect(house.look(always: false), reads: 0)
        #expect(house.lexicon.isEmpty)
    }

    @Test func itIsForItsOwnerAndForWhomTheOwnerLetsIn() throws {
        let house = try lexicon()
        for mode in [0o600, 0o640] {
            try house.replace(by: [Lexicon.Entry(match: "a", say: "b")])
            #expect(try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int == mode)
            chmod(url.path, 0o640)
        }
    }

    @Test func whatTheServerWritesItReadsAgain() throws {
        let entries = [
            Lexicon.Entry(match: #"a "b" \ c"#, say: "#: {}, no"), Lexicon.Entry(match: "no", say: "12:30"),
            Lexicon.Entry(match: "Zoé*", say: "* - zo", language: "fr"), Lexicon.Entry(match: "b", phonemes: "ʒa"),
        ]
        let house = try lexicon()
        try house.replace(by: entries)
        #expect(house.lexicon.entries == entries)
        guard case .unchanged = house.look(always: false) else { throw CancellationError() }
        #expect(try lexicon().lexicon.entries == entries)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == [
                "lexicon.yaml", "lexicon.yaml.lock",
            ])
        try house.replace(by: [])
        #expect(try lexicon().lexicon.isEmpty && lexicon().problem == nil)
    }

    /// Some characters mean a line break to YAML, and others nothing that it takes.
    @Test func whatIsTakenCanBeReadAgain() throws {
        let house = try lexicon()
        let values = Array(0...0x3000) + Array(0xD7F0...0xE010) + Array(0xFE00...0x10020) + Array(0x1_FFF0...0x2_0000)
        var taken: [Lexicon.Entry] = []
        for scalar in values.compactMap({ Unicode.Scalar(UInt32($0)) }) where scalar != "*" && scalar != "[" {
            let entry = Lexicon.Entry(match: "a\(scalar)b", say: "\(scalar)")
            if (try? Lexicon([entry])) != nil { taken.append(entry) }
        }
        #expect(taken.count > 10_000)
        for start in stride(from: 0, to: taken.count, by: 900) {
            // Some are the same but for their case.
            let entries = taken[start..<min(start + 900, taken.count)].enumerated().map { index, entry in
                Lexicon.Entry(match: "\(index) \(entry.match)", say: entry.say)
            }
            try house.replace(by: entries)
            let read = try lexicon()
            #expect(
                read.problem == nil
                    && read.lexicon.entries.elementsEqual(entries) { one, other in
                        one.match.unicodeScalars.elementsEqual(other.match.unicodeScalars)
                            && one.say?.unicodeScalars.map(\.value) == other.say?.unicodeScalars.map(\.value)
                    }, "\(read.problem?.message ?? "from \(start)")")
        }
    }

    @Test func aWrongEntryChangesNothing() throws {
        let house = try lexicon()
        try house.replace(by: [Lexicon.Entry(match: "a", say: "b")])
        let before = try String(contentsOf: url, encoding: .utf8)
        for (entry, param) in [
            (Lexicon.Entry(match: "c", say: ""), "entries[1].say"),
            (Lexicon.Entry(match: "x", say: "z"), "entries[1].match"), (Lexicon.Entry(match: "c"), "entries[1]"),
            (Lexicon.Entry(match: "c", say: "d", language: "klingon"), "entries[1].language"),
        ] {
            let error = #expect(throws: ServiceError.self) {
                try house.replace(by: [Lexicon.Entry(match: "x", say: "y"), entry])
            }
            #expect(error?.code == .invalidRequest && error?.param == param && error?.message.hasPrefix(param) == true)
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == before && house.lexicon.entries.count == 1)
    }

    /// What was written by hand a moment ago is not lost with it.
    @Test func oneEntryLeavesTheFileAsItIsNow() throws {
        let house = try lexicon()
        try house.replace(by: [
            Lexicon.Entry(match: "a", say: "b"), Lexicon.Entry(match: "a", say: "c", language: "en"),
            Lexicon.Entry(match: "d", say: "e"),
        ])
        try house.remove("a", language: "en")
        #expect(house.lexicon.entries.map(\.say) == ["b", "e"])
        try write("entries: [{match: a, say: b}, {match: new, say: n}]")
        try house.remove("a", language: nil)
        #expect(house.lexicon.entries.map(\.match) == ["new"])
        #expect(try lexicon().lexicon.entries.map(\.match) == ["new"])
        let missing = #expect(throws: ServiceError.self) { try house.remove("a", language: nil) }
        #expect(missing?.code == .notFound && missing?.param == "match")
        try write("nonsense")
        let wrong = #expect(throws: ServiceError.self) { try house.remove("new", language: nil) }
        #expect(wrong?.message.contains("line 1") == true && house.lexicon.entries.count == 1)
        // All of them may replace what is wrong.
        try house.replace(by: [])
        #expect(house.problem == nil && house.lexicon.isEmpty)
    }

    @Test func aFolderThatCannotBeWrittenIsTheServersFault() throws {
        try write("not a folder")
        let house = try lexicon(["tts.lexicon": url.path + "/lexicon.yaml"])
        let error = #expect(throws: ServiceError.self) { try house.replace(by: []) }
        #expect(error?.code == .internal && error?.message.contains("cannot be written (Not a directory)") == true)
    }

    @Test func theWatchTellsWithoutTheWords() async throws {
        try write("entries: [{match: marraine, say: b}]")
        let (clock, log) = (ManualClock(), LogRecorder())
        let house = try lexicon()
        let group = ServiceGroup(
            configuration: .init(
                services: [FileWatch([house], clock: clock, logger: log.logger)], logger: log.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await clock.sleepers(atLeast: 1)
            try write("entries: [{match: marraine, say: c}, {match: parrain, say: d}]")
            clock.advance(by: FileWatch.interval)
            try await waitUntil { house.lexicon.entries.count == 2 }
            try await clock.sleepers(atLeast: 1)
            try write("entries: [{match: marraine}]")
            clock.advance(by: FileWatch.interval)
            try await waitUntil { log.text.contains("line 1 is wrong") }
            #expect(log.text.contains("The entries of the lexicon were read again."))
            #expect(log.text.contains("The entries of the lexicon known before stay."))
            #expect(!log.text.contains("marraine") && house.lexicon.entries.count == 2)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
