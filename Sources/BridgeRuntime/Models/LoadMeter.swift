import Synchronization
import WorkScheduling

/// Measures how much memory a load takes: by how much the process's own memory grows meanwhile, as the system accounts for it.
///
/// Other work may take and free memory at the same time. A figure that other loads have a part in, or that is far from the size of the
/// model's files, is therefore not believed; that size counts then.
final class LoadMeter: Sendable {
    private let running = Mutex((now: 0, begun: 0))
    private let memory: @Sendable () -> Int?
    private let giveBack: @Sendable () async -> Void

    /// - Parameters:
    ///   - memory: of this process, in bytes; nil where nobody knows.
    ///   - giveBack: returns freed memory to the system. It holds the allocator's locks meanwhile, which others wait for, so that it isn't for
    ///     threads of low priority.
    init(
        memory: @escaping @Sendable () -> Int? = MachineMemory.own,
        giveBack: @escaping @Sendable () async -> Void = { await aside { MachineMemory.giveBack() } }
    ) {
        self.memory = memory
        self.giveBack = giveBack
    }

    /// Loads a model, and gives back what it freed again.
    ///
    /// - Parameter files: the bytes of the files that hold the weights.
    /// - Returns: what was loaded, and the bytes that it takes.
    func measure<Model>(files: Int, _ load: () async throws -> Model) async throws -> (model: Model, bytes: Int) {
        let mark = running.withLock { running in
            running.now += 1
            running.begun += 1
            return running.now == 1 ? running.begun : nil
        }
        defer { running.withLock { $0.now -= 1 } }
        // What earlier work has left would go with what the load leaves, and make the model look smaller.
        await giveBack()
        let before = memory()
        let model: Model
        do {
            model = try await load()
        } catch {
            await giveBack()
            throw error
        }
        // What only the load needed, as the file that was read or the graph before it was optimised, is not the model's.
        await giveBack()
        let isAlone = running.withLock { $0.begun == mark }
        guard isAlone, let before, let after = memory() else { return (model, files) }
        return (model, Self.plausible(after - before, files: files))
    }

    /// Weights that are unpacked take more than their files, and never ten times as much.
    static func plausible(_ bytes: Int, files: Int) -> Int { (files / 2...files * 4).contains(bytes) ? bytes : files }
}
