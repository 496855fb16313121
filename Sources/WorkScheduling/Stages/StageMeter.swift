public import BridgeSupport

/// What is known of a stage in addition to its time, by the names that OpenTelemetry's conventions have for it.
public typealias StageFacts = [String: StageFact]

/// One of them.
public enum StageFact: Sendable, Hashable {
    case text(String), number(Int)
}

/// Told of the stages of one piece of work, from any thread.
public protocol StageMeter: Sendable {
    /// The trace that the work belongs to, which other servers are told that work for it; nil where nobody traces it.
    var trace: TraceContext? { get }

    /// A stage begins; it has to be ended.
    func begin(_ stage: Stage, _ facts: () -> StageFacts) -> any RunningStage

    /// A stage is over that others have measured.
    ///
    /// - Parameter ago: how long ago it ended.
    func tell(of stage: Stage, lasting duration: Duration, endedAgo ago: Duration)
}

/// A stage that has begun.
public protocol RunningStage: Sendable {
    /// Told of the stages within this one; nil where the meter that is told of this one is told of them too.
    var meter: (any StageMeter)? { get }

    /// To be called once.
    ///
    /// - Parameter failure: what ended it early.
    func end(_ failure: (any Error)?)
}

extension RunningStage {
    /// Runs `body` so that its own stages, and the servers that it asks, know that they work for this one.
    func within<R>(isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R) async rethrows -> R {
        guard let meter else { return try await body() }
        return try await Stage.$meter.withValue(meter) { try await body() }
    }
}

/// The stages of work that is done for several requests at once: each of them is told.
public struct JointStageMeter: StageMeter {
    private let meters: [any StageMeter]

    /// nil where there is nobody to tell.
    public init?(_ meters: [any StageMeter]) {
        guard !meters.isEmpty else { return nil }
        self.meters = meters
    }

    /// The trace of the first meter that has one.
    public var trace: TraceContext? { meters.lazy.compactMap(\.trace).first }

    /// Begins it for each of them.
    public func begin(_ stage: Stage, _ facts: () -> StageFacts) -> any RunningStage {
        Running(stages: meters.map { $0.begin(stage, facts) })
    }

    /// Tells each of them.
    public func tell(of stage: Stage, lasting duration: Duration, endedAgo ago: Duration) {
        for meter in meters { meter.tell(of: stage, lasting: duration, endedAgo: ago) }
    }

    private struct Running: RunningStage {
        let stages: [any RunningStage]

        /// Stages within belong to each of them.
        var meter: (any StageMeter)? {
            let meters = stages.compactMap(\.meter)
            return meters.count == stages.count ? JointStageMeter(meters) : nil
        }

        func end(_ failure: (any Error)?) {
            for stage in stages { stage.end(failure) }
        }
    }
}
