import BridgeTesting
import Foundation
import Testing

/// Places that speech cannot, or should not, simply be written to.
@Suite(.timeLimit(.minutes(5))) struct BadOutputTests {
    private func shell(_ script: String) async throws -> (status: Int32, errors: String) {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash", "-c", script, "bash", Program.path]
        process.currentDirectoryURL = folder.url
        process.environment = TestData.environment()
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

    @Test(arguments: ["config", "config --json", "models list", "embed a --model all-MiniLM-L6-v2", "doctor"])
    func aFullDiskBehindAnyCommandIsExplained(_ command: String) async throws {
        let said = try await shell("\"$1\" \(command) > /dev/full")
        #expect(said.status == 1)
        #expect(
            said.errors.contains("error: Standard output could not be written: the disk is full."),
            "\(said.errors.prefix(400))")
    }

    @Test func nobodyWhoListensToErrorsEndsNoWork() async throws {
        let said = try await shell(
            #""$1" say Bonjour -o full.wav 2> /dev/full && "$1" say Bonjour -o closed.wav 2>&- && test -s full.wav -a -s closed.wav"#
        )
        #expect(said.status == 0, "\(said.errors.prefix(400))")
    }

    @Test func aReaderThatLeavesEndsTheCommandQuietly() async throws {
        // The reader is gone before the program writes.
        let said = try await shell(#"{ sleep 0.2; "$1" config; echo "ended with $?" >&2; } | true"#)
        #expect(said.errors == "ended with 141\n", "\(said.errors.prefix(400))")
    }

    @Test func withoutAFileTheTextIsPlayed() async throws {
        let said = try await shell(
            #"mkdir bin; printf '#!/bin/sh\nhead -c 4 "$2" > heard; echo "$PULSE_SERVER" >> heard\n' > bin/aplay; chmod +x bin/aplay; PULSE_SERVER=salon PATH="$PWD/bin:/bin:/usr/bin" "$1" say Bonjour --voice espeak-fr && test "$(cat heard)" = RIFFsalon"#
        )
        #expect(said.status == 0, "\(said.errors.prefix(400))")
        let broken = try await shell(
            #"mkdir bin; printf '#!/bin/sh\necho no card >&2; exit 1\n' > bin/aplay; chmod +x bin/aplay; PATH="$PWD/bin:/bin:/usr/bin" "$1" say Bonjour --voice espeak-fr"#
        )
        #expect(broken.status == 1)
        #expect(broken.errors.contains("aplay could not play the sound (no card)"), "\(broken.errors.prefix(400))")
        let silent = try await shell(#"PATH=/nowhere "$1" say Bonjour --voice espeak-fr"#)
        #expect(silent.status == 1)
        #expect(silent.errors.contains("No program that plays sound was found"), "\(silent.errors.prefix(400))")
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
            said.errors.contains("/nowhere/out.wav could not be written: there is no folder /nowhere."),
            "\(said.errors)")
    }

    @Test func aFolderInAFilesPlaceIsNamed() async throws {
        let said = try await shell(#"mkdir out.wav; "$1" say Bonjour --voice espeak-fr -o out.wav"#)
        #expect(said.status == 1)
        #expect(said.errors.contains("it is a folder"), "\(said.errors)")
    }
}
