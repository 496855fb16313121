import Foundation

/// What Prometheus' client libraries tell of a process, under the same names.
enum ProcessFigures {
    static func samples() -> [PrometheusMetrics.Sample] {
        var samples = [PrometheusMetrics.Sample(.processorTime, processorTime)]
        if let startTime { samples.append(.init(.startTime, startTime)) }
        let pages = memoryPages()
        if let size = pages.first { samples.append(.init(.virtualMemory, size)) }
        if let resident = pages.dropFirst().first { samples.append(.init(.residentMemory, resident)) }
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // One of them reads the folder.
            samples.append(.init(.openFiles, Double(files.count - 1)))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            samples.append(.init(.mostOpenFiles, Double(limit.rlim_cur)))
        }
        return samples
    }

    /// The first two numbers of /proc/self/statm, in bytes: the address space, and what of it is in memory.
    private static func memoryPages() -> [Double] {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return [] }
        return text.split(separator: " ").prefix(2).compactMap { Double($0) }.map {
            $0 * Double(sysconf(Int32(_SC_PAGESIZE)))
        }
    }

    private static var processorTime: Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The system's own start, and after it the process' one in ticks (proc(5): `btime`, and field 22 of `stat`, which the name of the
    /// program, in brackets, may not shift).
    private static let startTime: Double? = {
        guard let system = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let own = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let boot = system.split(separator: "\n").first(where: { $0.hasPrefix("btime ") })?.dropFirst(6),
            let fields = own.split(separator: ")").last?.split(separator: " "), fields.count > 19,
            let seconds = Double(boot), let ticks = Double(fields[19])
        else { return nil }
        return seconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()
}
