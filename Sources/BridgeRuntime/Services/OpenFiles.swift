import Foundation

/// How many files and connections this process may have open at the same time.
package enum OpenFiles {
    /// Reserved for models, temporary files, FFmpeg and Ollama when all connections are in use.
    private static let reserve = 200
    /// Connections beyond the served ones, so that a fully used server can still report its health, and refuse the others.
    package static let extraConnections = 64
    /// Connections beyond all these, whose clients may not have taken their last answer yet.
    package static let leavingConnections = 64

    /// Raises the limit as far as the system allows: the initial limit, usually 1,024, is meant for old programs.
    package static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(limitOfFiles, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        // Fails only if the limit is so high already that nothing is gained.
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
