import BridgeSupport
import EspeakProtocol
import Foundation

/// The program jarvis-espeak and how it is started.
struct WorkerProgram: Sendable {
    static let name = "jarvis-espeak"

    var path: String
    /// The data directory to use instead of the library's own choice.
    var dataDirectory: String?
    /// How long a process may be silent while it works.
    var patience = WorkerProcess.usualPatience
    /// Measures patience and delays. The workers belong to the process and outlive every service, so that all but tests leave it.
    var clock: any Clock<Duration> = ContinuousClock()

    /// The program in the same folder as this one. The PATH is not searched, so that nothing on it can come in between.
    static func besideThisProgram(dataDirectory: String?) throws -> WorkerProgram {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        return WorkerProgram(path: folder.appending(path: name).path, dataDirectory: dataDirectory)
    }

    /// How often a start is tried when somebody else ends the process each time.
    private static let tries = 4

    /// What the worker sees of this process's environment: no keys, and no sound server, which the library's playback library would
    /// otherwise look for wherever it is loaded. A backtrace of a crash would contain the user's text, and the program that writes it would
    /// keep the worker's socket open.
    private static let environment: [String] = {
        let own = ProcessInfo.processInfo.environment
        let passed = ["HOME", "ESPEAK_DATA_PATH", "LD_LIBRARY_PATH"].compactMap { name in
            own[name].map { "\(name)=\($0)" }
        }
        return passed + ["PULSE_SERVER=unix:/dev/null", "SWIFT_BACKTRACE=enable=no"]
    }()

    /// - Throws: `model_not_installed` when the program or the library's data is missing, saying what to do; `internal`.
    func start() throws -> WorkerProcess {
        do {
            for _ in 1..<Self.tries {
                do {
                    return try startOnce()
                } catch let lost as WorkerProcess.Lost where lost.isNobodysFault && !lost.isSilent {}
            }
            return try startOnce()
        } catch let failure as WorkerProcess.SpawnFailure where failure.isMissing {
            throw ServiceError(
                .modelNotInstalled,
                """
                The program \(Self.name), which turns text into phonemes, is not beside this program. './jarvis build' makes both; where \
                you installed the one, install the other in the same folder.
                """, cause: failure)
        } catch let refusal as WorkerProcess.Refusal where refusal.failure == .noData {
            throw ServiceError(
                .modelNotInstalled,
                """
                espeak-ng has no usable voice data, so that no text can be turned into phonemes. Install the Debian \
                package espeak-ng-data, or set ESPEAK_DATA_PATH to the directory that holds espeak-ng-data.
                """, cause: refusal)
        } catch let failure as WorkerProcess.SpawnFailure where failure.mayPass {
            throw Self.notNow(failure)
        } catch let lost as WorkerProcess.Lost where lost.isNobodysFault {
            throw Self.notNow(lost)
        } catch {
            throw ServiceError(
                .modelNotInstalled,
                """
                The program \(Self.name), which turns text into phonemes, does not start. '\(CommandName.current) doctor' checks it; it needs \
                the Debian packages libespeak-ng1, espeak-ng-data and libsonic0, and must come from the same build as this program.
                """, cause: error)
        }
    }

    private func startOnce() throws -> WorkerProcess {
        try WorkerProcess(
            path: path, dataDirectory: dataDirectory, environment: Self.environment, patience: patience,
            clock: clock)
    }

    /// For a machine that is short of something, where installing packages would not help.
    private static func notNow(_ cause: any Error) -> ServiceError {
        ServiceError(.internal, "espeak-ng could not be started just now. Try again.", cause: cause)
    }
}
