import Glibc

/// Keeps this process small and quiet, and ends it with its owner.
enum Containment {
    /// Seconds of computing for one request. The longest request takes less than one.
    private static let secondsPerRequest: rlim_t = 10
    /// The library and its data need 20 MiB; a text adds a quarter of a second of sound at a time.
    private static let memory: rlim_t = 256 << 20

    /// Whether the standard input is a socket, which only the server provides.
    static var hasOwner: Bool {
        var kind: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &kind, &size) == 0
    }

    static func enter() {
        limit(RLIMIT_DATA, memory)
        // The core dump of a crash would contain the user's text, and files are only to be read here.
        limit(RLIMIT_CORE, 0)
        limit(RLIMIT_FSIZE, 0)
        // Files that a library of the library wants to write when it starts can't be written then, and are not missed.
        signal(SIGXFSZ, SIG_IGN)
        // The server opens its files so that child processes don't inherit them; files opened by libraries may be inherited.
        closefrom(STDERR_FILENO + 1)
        renewTime()
        endWithOwner()
    }

    /// Gives the coming request its time; when that is used up, the system ends this process.
    static func renewTime() {
        var used = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        limit(RLIMIT_CPU, rlim_t(used.tv_sec) + secondsPerRequest + 1, keepsHard: true)
    }

    /// - Parameter keepsHard: keeps the hard limit as it was inherited, so that the limit can be raised again later. Only root may raise
    ///   the hard limit: otherwise the system would refuse both, and no limit would apply.
    private static func limit(_ resource: __rlimit_resource, _ value: rlim_t, keepsHard: Bool = false) {
        let resource = __rlimit_resource_t(resource.rawValue)
        var limits = rlimit()
        guard unsafe getrlimit(resource, &limits) == 0 else { return }
        limits.rlim_cur = min(value, limits.rlim_max)
        if !keepsHard { limits.rlim_max = limits.rlim_cur }
        _ = unsafe setrlimit(resource, &limits)
    }

    /// A thread that ends the process as soon as the server's end of the socket is gone, even while the library is busy with a text, and
    /// even when the server was killed. (`PR_SET_PDEATHSIG` is tied to the server's thread, not to the server.)
    private static func endWithOwner() {
        var thread = pthread_t()
        unsafe pthread_create(
            &thread, nil,
            { _ in
                while true {
                    // No events are requested, so that only the end of the other side wakes it.
                    var owner = pollfd(fd: STDIN_FILENO, events: 0, revents: 0)
                    if unsafe poll(&owner, 1, -1) > 0 { _exit(0) }
                }
            }, nil)
    }
}
