import Dispatch

/// Runs tasks one after another, and knows when all of them wait for something from elsewhere.
final class CalmExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "calm")
    private let jobs = DispatchGroup()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async(group: jobs) { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// Returns once the tasks given so far, and the tasks that they started, cannot go on by themselves.
    func calm() async {
        await withCheckedContinuation { continuation in
            jobs.notify(queue: queue) { continuation.resume() }
        }
    }
}
