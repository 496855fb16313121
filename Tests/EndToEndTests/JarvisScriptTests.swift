import BridgeTesting
import Foundation
import Testing

/// The script that starts everything, with a stand-in for the program that it builds.
@Suite(.timeLimit(.minutes(5))) struct JarvisScriptTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private let project: TemporaryFolder

    init() throws {
        project = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: Self.root.appending(path: "jarvis"), to: project.url.appending(path: "jarvis"))
        for folder in ["Sources", "Tools"] {
            try FileManager.default.createDirectory(
                at: project.url.appending(path: folder), withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(
            at: Self.root.appending(path: "Tools/build"), to: project.url.appending(path: "Tools/build"))
        try Data().write(to: project.url.appending(path: "Package.swift"))
        try program(".build/release/jarvis-espeak", "exit 64")
    }

    private func program(_ path: String, _ body: String) throws {
        let file = project.url.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("#!/bin/sh\n\(body)\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    /// Runs the script in another folder, as it is typed there.
    private func jarvis(_ arguments: String..., environment: [String: String] = [:]) async throws -> Program.Outcome {
        try await Program.run(
            arguments, at: project.url.appending(path: "jarvis").path,
            environment: environment.merging(["JARVIS_ONNXRUNTIME": "/none"]) { given, _ in given })
    }

    @Test func anUnknownCommandIsSaidBeforeAnythingIsBuilt() async throws {
        let said = try await jarvis("srve")
        #expect(said.status == 64)
        #expect(said.errors == "error: there is no command 'srve'; './jarvis help' shows all.\n")
    }

    @Test func everyCommandOfTheProgramIsOneOfTheScript() async throws {
        let help = try await Program.run(["--help"]).text
        let list = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last)
        let commands = list.matches(of: #/(?m)^  ([a-z]+) /#).map { String($0.output.1) }
        #expect(commands.count >= 8)
        try program(".build/release/jarvis-bridges", #"echo "ran $1""#)
        for command in commands {
            #expect(try await jarvis(command).text == "ran \(command)\n", "\(command)")
        }
    }

    @Test func aRelativeDataFolderIsMeantFromTheCaller() async throws {
        try program(".build/release/jarvis-bridges", #"echo "$JARVIS_DATA_DIR in $PWD""#)
        let said = try await jarvis("config", environment: ["JARVIS_DATA_DIR": "data"])
        let words = said.text.split(whereSeparator: \.isWhitespace).map(String.init)
        try #require(words.count == 3, "\(said.text)\(said.errors)")
        #expect(words[0] == "\(words[2])/data")
    }

    @Test func doctorNamesALibraryThatIsMissing() async throws {
        try program(".build/release/jarvis-bridges", "echo started")
        try program("bin/ldd", #"printf '\tlibespeak-ng.so.1 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x0)\n'"#)
        let path = TestData.environment()["PATH"] ?? "/bin:/usr/bin"
        let doctor = try await jarvis(
            "doctor", environment: ["PATH": "\(project.url.appending(path: "bin").path):\(path)"])
        #expect(doctor.status == 1)
        #expect(
            doctor.text.contains("FAIL the server cannot start without libespeak-ng.so.1: './jarvis setup'"),
            "\(doctor.text)")
        #expect(doctor.text.contains("Debian package ffmpeg") && !doctor.text.contains("started"))
        #expect(try await jarvis("doctor").text == "started\n")
    }

    private func addBenchmarks() throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "Benchmarks").path)
            .filter { $0.hasSuffix(".sh") }
        for file in files {
            let copy = project.url.appending(path: "Benchmarks/\(file)")
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: Self.root.appending(path: "Benchmarks/\(file)"), to: copy)
        }
        return files.filter { $0.hasSuffix("_bench.sh") }.map { String($0.dropLast("_bench.sh".count)) }
    }

    @Test func benchExplainsItselfBeforeAnythingIsBuilt() async throws {
        let names = try addBenchmarks()
        #expect(names.count >= 5)
        let help = try await jarvis("bench", "--help")
        #expect(help.status == 0 && help.errors.isEmpty && help.text.contains("Examples:"), "\(help.errors)")
        for name in names { #expect(help.text.contains("\n  \(name) "), "\(name) is not explained") }
        let slip = try await jarvis("bench", "nonsense")
        #expect(slip.status == 64 && slip.errors.hasPrefix("error: there is no benchmark 'nonsense'"), "\(slip.errors)")
        #expect(slip.errors.split(separator: "\n").count == 1, "\(slip.errors)")
    }

    @Test func aFolderOfRecordingsIsMeantFromTheCaller() async throws {
        _ = try addBenchmarks()
        try program(".build/release/jarvis-bridges", "exit 64")
        let said = try await jarvis("bench", "accuracy", "voix")
        #expect(said.status == 1 && said.errors.contains("/voix. Name one with recordings"), "\(said.errors)")
        #expect(!said.errors.contains(project.url.path), "\(said.errors)")
    }

    @Test func everyAttackIsDescribed() throws {
        let benchmarks = Self.root.appending(path: "Benchmarks")
        let page = try String(contentsOf: benchmarks.appending(path: "README.md"), encoding: .utf8)
        let faults = benchmarks.appending(path: "faults")
        let attacks = try FileManager.default.contentsOfDirectory(atPath: faults.path).filter { name in
            guard name.hasSuffix(".py") else { return false }
            return try String(contentsOf: faults.appending(path: name), encoding: .utf8).contains("\ndef attack()")
        }
        #expect(!attacks.isEmpty)
        for attack in attacks.sorted() {
            #expect(page.contains("\n| `\(attack.dropLast(3))` |"), "Benchmarks/README.md has no row for \(attack)")
        }
    }

    @Test(arguments: ["setup", "build", "test"]) func askingForHelpDoesNothingElse(_ command: String) async throws {
        let help = try await jarvis(command, "--help")
        #expect(help.status == 0 && help.errors.isEmpty && help.text.hasPrefix("Usage: "), "\(help.errors)")
    }

    @Test func helpWithACommandIsThatCommandsHelp() async throws {
        try program(".build/release/jarvis-bridges", #"echo "ran $*""#)
        #expect(try await jarvis("help", "serve").text == "ran serve --help\n")
        #expect(try await jarvis("help", "models", "pull").text == "ran models pull --help\n")
        #expect(try await jarvis("help", "setup").text.hasPrefix("Usage: "))
        let unknown = try await jarvis("help", "nix")
        #expect(unknown.status == 64 && unknown.errors.contains("there is no command 'nix'"), "\(unknown.errors)")
        #expect(try await jarvis("help").text.hasPrefix("Usage: "))
    }

    @Test func completingBuildsNothing() async throws {
        let nothing = try await jarvis("---completion", "models")
        #expect((nothing.status, nothing.text, nothing.errors) == (0, "", ""))
    }
}
