import BridgeSupport
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals
import WorkScheduling

/// Reads files again when they have changed, and on SIGHUP. Ends, and with it the server, if SIGHUP says that the terminal that
/// the server was started in has been closed.
struct FileWatch: Service, CustomStringConvertible {
    let files: [any ReloadedFile]
    let clock: any Clock<Duration>
    let logger: Logger
    private let terminal = ControllingTerminal()

    init(_ files: [any ReloadedFile], clock: any Clock<Duration>, logger: Logger) {
        (self.files, self.clock, self.logger) = (files, clock, logger)
    }

    /// ServiceLifecycle logs its services as text.
    var description: String { "FileWatch" }

    /// The time between two looks at each file.
    static let interval = Duration.seconds(2)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let (looks, look) = AsyncStream.makeStream(of: Bool.self)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    while (try? await clock.sleep(for: Self.interval)) != nil { look.yield(false) }
                }
                group.addTask {
                    for await _ in await UnixSignalsSequence(trapping: .sighup) {
                        guard !terminal.isClosed else { break }
                        look.yield(true)
                    }
                    look.finish()
                }
                for await isAsked in looks {
                    for file in files { await report(aside { file.look(always: isAsked) }, of: file) }
                }
                group.cancelAll()
            }
        }
    }

    private func report(_ look: FileLook, of reloaded: any ReloadedFile) {
        let file: Logger.Metadata = ["file": "\(reloaded.source.url.path)"]
        let contents = reloaded.contents
        switch look {
        case .unchanged: return
        case .read(let count):
            logger.notice("The \(contents) were read again.", metadata: file.merging(["count": "\(count)"]) { $1 })
        case .failed(let error):
            logger.error("\(error.message) The \(contents) known before stay.", metadata: file)
        }
    }
}

/// The terminal that a process was started in, if any.
private struct ControllingTerminal {
    private let wasThere = isThere

    /// Whether it was there at the start, and is no longer: then SIGHUP comes from its end, and from nobody who wants to tell something.
    var isClosed: Bool { wasThere && !Self.isThere }

    private static var isThere: Bool {
        let descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }
}
