import Dispatch
public import WorkScheduling

/// Runs `body` while all threads of `pool` are held, so that whatever needs one of them waits.
public func holdingThreads<R>(of pool: WorkerPool, _ body: () async throws -> R) async throws -> R {
    let (held, door) = (Watched(0), DispatchSemaphore(value: 0))
    let count = pool.threadCount
    for _ in 0..<count {
        pool.submit {
            held.update { $0 += 1 }
            door.wait()
        }
    }
    defer { for _ in 0..<count { door.signal() } }
    try await held.wait { $0 == count }
    return try await body()
}
