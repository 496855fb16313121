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
            idleTime: .seconds(configuration[Keys.modelIdleTime]), preload: configuration[Keys.preload])
    }
}
