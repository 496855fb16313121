import BridgeTesting
import Foundation
import Testing

enum Tool {
    /// Runs a program that reads and writes files in `folder`.
    static func run(_ name: String, _ arguments: [String], in folder: TemporaryFolder) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.currentDirectoryURL = folder.url
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try await process.runToEnd()
        try #require(process.terminationStatus == 0, "\(name) failed")
    }
}

enum FFmpeg {
    /// The sound of a file, or of samples that `input` describes, in the form that `output` asks for.
    static func convert(_ data: Data, from input: [String] = [], to output: [String]) async throws -> Data {
        let folder = try TemporaryFolder()
        try data.write(to: folder.url.appending(path: "in"))
        try await Tool.run("ffmpeg", input + ["-i", "in"] + output + ["out"], in: folder)
        return try Data(contentsOf: folder.url.appending(path: "out"))
    }
}
