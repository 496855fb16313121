import EspeakProtocol

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension WorkerProcess {
    /// The program could not be started.
    struct SpawnFailure: Error {
        var path: String
        /// The value of `errno`.
        var number: Int32
        var isMissing: Bool { number == ENOENT }
        /// Whether it may start later without a change: not the program failed but, say, memory or open files ran short.
        var mayPass: Bool { ![ENOENT, EACCES, ENOEXEC].contains(number) }
    }

    /// Starts a program with a socket as its standard input and nowhere to write to.
    ///
    /// It is in a process group of its own: an interrupt from the keyboard is meant for the server, whose last answers still need it.
    static func spawn(
        _ path: String, arguments: [String], environment: [String], processID: inout pid_t
    ) throws -> FrameSocket {
        var ends: [Int32] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SpawnFailure(path: path, number: errno)
        }
        let ours = FrameSocket(descriptor: ends[0])
        defer { close(ends[1]) }
        var files = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&files)
        defer { unsafe posix_spawn_file_actions_destroy(&files) }
        unsafe posix_spawn_file_actions_adddup2(&files, ends[1], STDIN_FILENO)
        unsafe posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        setDefaults(&attributes)
        let status = unsafe withCStrings([path] + arguments) { arguments in
            unsafe withCStrings(environment) { environment in
                unsafe posix_spawn(&processID, path, &files, &attributes, arguments, environment)
            }
        }
        guard status == 0 else { throw SpawnFailure(path: path, number: status) }
        return ours
    }

    private static func setDefaults(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    /// How a process ended.
    enum End: CustomStringConvertible {
        case exited(Int32)
        case signaled(Int32)
        case unknown

        /// Whether it was ended by a signal that no text can raise: somebody, or a system short of memory, sent it.
        var isFromOutside: Bool {
            if case .signaled(let signal) = self { [SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(signal) } else { false }
        }

        /// For the log.
        var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signaled(let signal): "signal \(signal)"
            case .unknown: "unknown"
            }
        }
    }

    /// Ends a child process that is no longer needed. A process that has already ended keeps its own status.
    static func end(_ processID: pid_t) -> End {
        kill(processID, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0 { guard errno == EINTR else { return .unknown } }
        let signal = status & 0x7F
        return signal == 0 ? .exited(status >> 8 & 0xFF) : .signaled(signal)
    }

    private static func withCStrings<R>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> R
    ) rethrows -> R {
        let copies = unsafe strings.map { unsafe strdup($0) } + [nil]
        defer { unsafe copies.forEach { unsafe free($0) } }
        return try unsafe body(copies)
    }
}
