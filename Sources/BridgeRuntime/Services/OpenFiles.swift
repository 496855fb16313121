import Foundation

/// How many files and connections this process may have open at the same time.
package enum OpenFiles {
    /// Left for models, temporary files, FFmpeg and Ollama when all connections are in use.
    private static let reserve = 200
    /// Connections beyond those that are served, so that a server in full use still says how it is, and refuses the others.
    package static let extraConnections = 64
    /// Connections beyond all these, whose clients have their last answer and may not have taken it yet.
    package static let leavingConnections = 64

    /// Takes all that the system allows: what a process has at first, 1,024 as a rule, is meant for programs of old.
    package static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(limitOfFiles, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Refused only where it was so high already that there is nothing to win.
        _ = setrlimit(limitOfFiles, &limit)
    }

    /// - Returns: `wanted`, or less where the system allows less: without files nothing works, and nothing can say why.
    package static func connections(wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(limitOfFiles, &limit) == 0 else { return wanted }
        return connections(wanted: wanted, files: Int(clamping: limit.rlim_cur))
    }

    static func connections(wanted: Int, files: Int) -> Int {
        min(wanted, max(files - reserve - extraConnections - leavingConnections, 16))
    }

    #if os(Linux)
        private static let limitOfFiles = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let limitOfFiles = RLIMIT_NOFILE
    #endif
}
