import CMalloc
import Foundation

/// How much memory this process may use.
enum MachineMemory {
    /// The bytes that the machine has, or that its control groups allow (`memory.max` of cgroup v2), as in a container.
    ///
    /// - Parameters:
    ///   - machine: what the machine has.
    ///   - root: the folder in which `proc` and `sys` lie.
    static func limit(machine: UInt64 = ProcessInfo.processInfo.physicalMemory, root: URL = URL(filePath: "/")) -> Int {
        Int(clamping: ([machine] + groupLimits(root)).min() ?? machine)
    }

    /// Gives memory that was freed back to the system, where the allocator would keep it for the next model. Blocks meanwhile.
    static func giveBack() { give_back_freed_memory() }

    /// The memory that belongs to this process alone and holds no file (`RssAnon`), in bytes; nil where the system does not tell.
    static func own() -> Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") })
        else { return nil }
        return Int(line.filter(\.isNumber)).map { $0 << 10 }
    }

    /// The limits of the process's group and of its parent groups.
    private static func groupLimits(_ root: URL) -> [UInt64] {
        let groups = try? String(contentsOf: root.appending(path: "proc/self/cgroup"), encoding: .utf8)
        // Version 2 has one line, "0::" and a path, which in a container is usually "/".
        let path = groups?.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? "/"
        var names = path.split(separator: "/").filter { $0 != ".." }
        var limits: [UInt64] = []
        while true {
            let file = root.appending(path: "sys/fs/cgroup/\(names.joined(separator: "/"))/memory.max")
            // "max" means no limit.
            if let text = try? String(contentsOf: file, encoding: .utf8),
                let limit = UInt64(text.prefix { $0.isNumber })
            {
                limits.append(limit)
            }
            guard names.popLast() != nil else { return limits }
        }
    }
}

extension ModelRegistry.Settings {
    package init(_ configuration: BridgeConfiguration) {
        let memory = configuration[Keys.modelMemory]
        self.init(
            memory: memory == 0 ? MachineMemory.limit() / 2 : memory << 20,
            idleTime: .seconds(configuration[Keys.modelIdleTime]),
            idleTimes: ModelInventory.services.reduce(into: [:]) { times, service in
                guard let key = Keys.idleTime(of: service), configuration.isSet(key) else { return }
                times[service] = .seconds(configuration[key])
            }, preload: configuration[Keys.preload])
    }
}
