import BridgeTesting
import Foundation
import Testing

/// Places that speech cannot, or should not, simply be written to.
@Suite struct BadOutputTests {
    private func shell(_ script: String) async throws -> (status: Int32, errors: String) {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash", "-c", script, "bash", Program.path]
        process.currentDirectoryURL = folder.url
        process.environment = Program.environment([:])
        let errors = folder.url.appending(path: "errors")
        try Data().write(to: errors)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try await process.runToEnd()
        return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
    }

    @Test func aFullDiskBehindStandardOutputIsExplained() async throws {
        let said = try await shell(#""$1" say Bonjour --voice espeak-fr -o - > /dev/full"#)
        #expect(said.status == 1)
        #expect(said.errors.contains("error: Standard output could not be written"), "\(said.errors.prefix(400))")
    }

    @Test func aPipeIsWrittenToAndNotReplaced() async throws {
        let said = try await shell(
            #"mkfifo pipe; timeout -s KILL 20 cat pipe > got & "$1" say Bonjour --voice espeak-fr -o pipe && wait && test -p pipe && test "$(head -c 4 got)" = RIFF"#
        )
        #expect(said.status == 0, "\(said.errors.prefix(400))")
    }

    @Test func aLinkStaysOne() async throws {
        let said = try await shell(
            #"touch real.wav; ln -s real.wav link.wav; "$1" say Bonjour --voice espeak-fr -o link.wav && test -L link.wav && test -s real.wav"#
        )
        #expect(said.status == 0, "\(said.errors.prefix(400))")
    }

    @Test func aFolderThatIsNotThereIsNamed() async throws {
        let said = try await Program.run(["say", "Bonjour", "--voice", "espeak-fr", "-o", "/nowhere/out.wav"])
        #expect(said.status == 1)
        #expect(
            said.errors.contains("/nowhere/out.wav could not be written") && !said.errors.contains(".."),
            "\(said.errors)")
    }
}
