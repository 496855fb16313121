import BridgeTesting
import Dispatch
import NIOCore
import NIOPosix
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(1)))
struct EventLoopExecutorTests {
    private let loop = MultiThreadedEventLoopGroup.singleton.any()
    private let happened = Watched<[String]>([])

    /// A task that notes its name when it runs.
    private func task(_ name: String, on executor: EventLoopExecutor) -> Task<Void, Never> {
        Task(executorPreference: executor) { [loop, happened] in
            happened.update { $0.append(loop.inEventLoop ? name : "\(name), elsewhere") }
        }
    }

    private func note(_ name: String) { loop.execute { [happened] in happened.update { $0.append(name) } } }

    @Test func tasksOfOneTurnRunTogether() async throws {
        let executor = EventLoopExecutor(loop)
        let tasks = try await loop.submit {
            let first = task("first", on: executor)
            note("the loop's own")
            return [first, task("second", on: executor)]
        }.get()
        for task in tasks { await task.value }
        try await loop.submit {}.get()
        #expect(happened.value == ["first", "second", "the loop's own"])
    }

    @Test func tasksThatBecomeReadyMeanwhileLetTheLoopWorkFirst() async throws {
        let executor = EventLoopExecutor(loop)
        let outer = try await loop.submit {
            Task(executorPreference: executor) {
                note("the loop's own")
                let inner = task("inner", on: executor)
                happened.update { $0.append("outer") }
                return inner
            }
        }.get()
        await outer.value.value
        #expect(happened.value == ["outer", "the loop's own", "inner"])
    }

    @Test func tasksFromElsewhereComeAfterWhatWasHandedToTheLoopBefore() async throws {
        let executor = EventLoopExecutor(loop)
        let (first, second) = try await loop.submit {
            let first = task("first", on: executor)
            // While this turn lasts, another thread writes a head and then starts the task of its body.
            let isStarted = DispatchSemaphore(value: 0)
            let second = Watched<Task<Void, Never>?>(nil)
            DispatchQueue.global().async {
                note("head")
                second.update { $0 = task("body", on: executor) }
                isStarted.signal()
            }
            isStarted.wait()
            return (first, second.value)
        }.get()
        await first.value
        await second?.value
        #expect(happened.value == ["first", "head", "body"])
    }

    @Test func aLoopHasOneExecutor() {
        let executors = EventLoopExecutors()
        let others = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        #expect(executors[loop] === executors[loop])
        #expect(executors[loop] !== executors[others.next()])
        others.shutdownGracefully { _ in }
    }
}
