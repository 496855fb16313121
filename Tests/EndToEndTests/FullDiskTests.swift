import BridgeTesting
import Foundation
import Testing

/// A download onto a disk that fills up in the middle of it.
@Suite(.timeLimit(.minutes(5))) struct FullDiskTests {
    /// Two downloads of the same model: one with room for half a megabyte, one with room for all.
    ///
    /// $1 is the program, $3 the model, $2 "disk" for a real file system of that size, which needs a namespace of mounts to itself, or "limit" for a
    /// limit on the size of files, which is all that some machines allow.
    private static let script = """
        cd "$JARVIS_DATA_DIR/.." || exit 9
        small() { "$@"; }
        if [ "$2" = disk ]; then
          mount -t tmpfs -o size=512k tmpfs "$JARVIS_DATA_DIR" || exit 9
        else
          small() ( trap '' XFSZ; ulimit -f 512; "$@" )
        fi
        small "$1" models pull $3 2> first
        echo "first $?"
        "$1" models list --json > list
        find "$JARVIS_DATA_DIR" -name '*.part' | grep -c . | sed 's/^/parts /'
        [ "$2" = disk ] && mount -o remount,size=64m "$JARVIS_DATA_DIR"
        "$1" models pull $3 2> second
        echo "second $?"
        find "$JARVIS_DATA_DIR" -name '*.part*' | grep -c . | sed 's/^/left /'
        "$1" models verify $3 > /dev/null 2>&1
        echo "verified $?"
        """

    private func run(_ command: [String], in folder: URL) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder
        process.environment = TestData.environment()
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try await process.runToEnd()
        return (process.terminationStatus, try String(contentsOf: output, encoding: .utf8))
    }

    @Test func aFullDiskIsExplainedAndNothingLooksInstalled() async throws {
        // No length is announced, so that only writing tells that there is no room; the ETag is the file's digest.
        let file = String(repeating: "m", count: 1 << 20)
        let hub: @Sendable (String) -> [UInt8] = { head in
            let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            let body = TinyEncoder.content(path) ?? Array((path.hasSuffix("tokenizer.json") ? file : "{}").utf8)
            let tag = Samples.gitBlob(body)
            return Array("HTTP/1.1 200 OK\r\nETag: \"\(tag)\"\r\nConnection: close\r\n\r\n".utf8) + body
        }
        try await RawSocket.serving(hub) { port in
            let folder = try TemporaryFolder()
            let data = folder.url.appending(path: "data")
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            let settings = [
                "JARVIS_DATA_DIR=\(data.path)", "HF_ENDPOINT=http://127.0.0.1:\(port)", "HF_HUB_OFFLINE=", "NO_COLOR=1",
            ]
            let namespace = ["unshare", "--user", "--map-root-user", "--mount"]
            let tries = try await run(
                namespace + ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", data.path], in: folder.url)
            let hasDisk = tries.status == 0
            let outcome = try await run(
                settings + (hasDisk ? namespace : [])
                    + ["bash", "-c", Self.script, "bash", Program.path, hasDisk ? "disk" : "limit", TinyEncoder.id],
                in: folder.url)
            let lines = outcome.output.split(separator: "\n").map(String.init)
            let text = { (name: String) in
                (try? String(contentsOf: folder.url.appending(path: name), encoding: .utf8)) ?? ""
            }

            #expect(lines.contains("first 1"), "\(outcome.output) \(text("first"))")
            let sentence = text("first").split(separator: "\n").last ?? ""
            #expect(sentence.hasPrefix("error: ") && sentence.hasSuffix("."), "\(text("first"))")
            #expect(
                sentence.contains(hasDisk ? "is full" : "cannot be written") && sentence.contains("JARVIS_DATA_DIR"),
                "\(sentence)")
            let list = try JSONSerialization.jsonObject(with: Data(text("list").utf8)) as? [[String: Any]]
            let tiny = try #require(list?.first { $0["id"] as? String == TinyEncoder.id })
            #expect(tiny["installed"] as? Bool == false)

            // With room, the same command goes on and ends.
            #expect(
                lines.contains("second 0") && lines.contains("left 0") && lines.contains("verified 0"),
                "\(outcome.output) \(text("second"))")
        }
    }
}
