import Foundation
import Subprocess
import SystemPackage

/// The FFmpeg program, run as a child process with limits, for compressed audio only.
///
/// It reads and writes only the given descriptors, gets no secrets through its environment, and its
/// messages go to the log and never to a client.
public struct FFmpeg: Sendable {
    /// Folders to search, separated by colons; nil for the ones in `PATH`.
    public var searchPath: String?

    /// Starts nothing: the program is searched for when audio needs it.
    public init(searchPath: String? = nil) {
        self.searchPath = searchPath
    }

    /// The path of the program, or nil when it is not installed.
    public func path() -> String? {
        let folders = searchPath ?? ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").map { "\($0)/ffmpeg" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The text for error messages when the program is missing.
    static let howToInstall = "install it on the server (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg)"

    /// The program with limits enforced by the kernel, then `arguments`.
    ///
    /// A shell sets them, since neither POSIX spawn nor Subprocess can; its text is fixed and takes all values as
    /// arguments. The soft limit on processor time is a signal that tells what happened; the hard one just kills.
    func configuration(_ path: String, _ arguments: [String], limits: AudioLimits) -> Configuration {
        let script =
            "ulimit -v \"$1\" 2>/dev/null; ulimit -S -t \"$2\" 2>/dev/null; ulimit -H -t \"$3\" 2>/dev/null; ulimit -c 0; "
            + "shift 3; exec \"$@\""
        let memory = String(limits.decoderMemory / 1024)
        let seconds = max(1, limits.decoderProcessorTime.components.seconds)
        let fixed = ["-nostdin", "-hide_banner", "-v", "error", "-y"]
        return Configuration(
            executable: .path("/bin/sh"),
            arguments: Arguments(
                ["-c", script, "ffmpeg", memory, String(seconds), String(seconds + 5), path] + fixed + arguments),
            environment: .custom(Self.environment))
    }

    /// Enough to find shared libraries, and nothing else of ours.
    private static var environment: [Environment.Key: String] {
        let inherited = ProcessInfo.processInfo.environment
        var kept: [Environment.Key: String] = ["LC_ALL": "C"]
        if let path = inherited["PATH"] { kept["PATH"] = path }
        if let libraries = inherited["LD_LIBRARY_PATH"] { kept["LD_LIBRARY_PATH"] = libraries }
        return kept
    }
}
