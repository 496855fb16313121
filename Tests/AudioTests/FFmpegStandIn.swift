import Foundation

@testable import Audio

/// Runs `body` with a folder with an executable `ffmpeg` of the given text, and `header`, that of what it is to write.
func standIn(_ script: String, _ body: (FFmpeg, String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("#!/bin/sh\nhere=$(dirname \"$0\")\n\(script)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/ffmpeg"))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/ffmpeg")
    let header = WAVBytes(tag: 3, bits: 32, riffSize: 0xFFFF_FFFF, dataSize: 0xFFFF_FFFF).bytes
    try Data(header).write(to: URL(fileURLWithPath: "\(folder)/header"))
    try await body(FFmpeg(searchPath: folder), folder)
}

struct NeverHappened: Error {}

/// Waits for a state of another process.
func poll<Value>(_ value: () -> Value?) async throws -> Value {
    for _ in 0..<500 {
        if let found = value() { return found }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw NeverHappened()
}

/// The ids of the processes that a stand-in has noted in a file of its folder, one a line.
func processes(_ folder: String) -> [Int32] {
    let text = (try? String(contentsOfFile: "\(folder)/pids", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { Int32($0) }
}

/// Waits until all processes that a stand-in has noted are gone.
func theyEnd(_ folder: String) async throws {
    for process in processes(folder) { _ = try await poll { kill(process, 0) != 0 ? true : nil } }
}
