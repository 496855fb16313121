import BridgeSupport
package import CoreMetrics
import Synchronization
import WorkScheduling

/// What is counted of the requests to one route of a door, whatever their door is. Made once for each route; counting makes no text, and
/// takes no lock except for errors.
package final class RouteMeters: Sendable {
    /// Of routes that do the work of a bridge.
    fileprivate struct Work: Sendable {
        let stages: [Stage: Timer]
        let compute, firstToken, firstAudio: Timer
        let realTimeFactor, tokenRate: Recorder
        let audioSeconds: FloatingPointCounter
        let characters, texts, promptTokens, generatedTokens: Counter
    }

    /// The name of the door, such as `http`.
    package let door: String
    /// What is asked for, as the door declares it.
    package let route: String
    /// What is required of its requests.
    package let policy: RequestPolicy
    private let metrics: PrometheusMetrics
    private let duration: Timer
    private let work: Work?
    /// Of routes to a server of language models, by what its failures are called.
    private let upstreamErrors: [ServiceError.Code: Counter]
    /// Of the failures there have been: most routes see few kinds.
    private let errors = Mutex<[ServiceError.Code: Counter]>([:])

    package init(_ metrics: PrometheusMetrics, door: String, route: String, policy: RequestPolicy) {
        (self.metrics, self.door, self.route, self.policy) = (metrics, door, route, policy)
        duration = metrics.timer(.requestDuration(of: door), [("route", route)])
        work = policy.bridge == nil ? nil : Work(metrics, route: route)
        let upstreamCodes: [ServiceError.Code] =
            policy.bridge == .llm ? [.llmUnavailable, .upstreamError, .timeout] : []
        upstreamErrors = Dictionary(
            uniqueKeysWithValues: upstreamCodes.map { code in
                (code, metrics.counter(.upstreamErrors, [("upstream", "ollama"), ("code", code.rawValue)]))
            })
    }

    /// A counter of this route's requests.
    ///
    /// - Parameter labels: what the door counts apart; the route is added.
    package func requests(_ labels: [(String, String)]) -> Counter {
        let labels = (labels + [("route", route)]).sorted { $0.0 < $1.0 }
        return metrics.counter(.requests(of: door, labels: labels.map(\.0)), labels)
    }

    /// A request has ended.
    func count(_ account: RequestAccount, _ seen: RequestRecord.Contents) {
        account.counter.increment()
        duration.record(account.total)
        work?.count(seen)
        if let failure = seen.failure, !seen.clientLeft { count(failure) }
    }

    private func count(_ failure: ServiceError) {
        let counter = errors.withLock { errors in
            if let known = errors[failure.code] { return known }
            let new = metrics.counter(.errors, [("route", route), ("code", failure.code.rawValue)])
            errors[failure.code] = new
            return new
        }
        counter.increment()
        upstreamErrors[failure.code]?.increment()
    }
}

extension RouteMeters.Work {
    init(_ metrics: PrometheusMetrics, route: String) {
        let labels = [("route", route)]
        let stage = { metrics.timer(.stages, labels + [("stage", $0)]) }
        let usage = { metrics.counter(.usage, labels + [("unit", $0)]) }
        stages = Dictionary(uniqueKeysWithValues: Stage.allCases.map { ($0, stage($0.rawValue)) })
        compute = stage("compute")
        firstToken = metrics.timer(.firstToken, labels)
        firstAudio = metrics.timer(.firstAudio, labels)
        realTimeFactor = metrics.recorder(.realTimeFactor, labels)
        tokenRate = metrics.recorder(.tokenRate, labels)
        audioSeconds = metrics.amount(.usage, labels + [("unit", "audio_seconds")])
        (characters, texts) = (usage("characters"), usage("texts"))
        (promptTokens, generatedTokens) = (usage("prompt_tokens"), usage("generated_tokens"))
    }

    func count(_ seen: RequestRecord.Contents) {
        if let timings = seen.timings {
            for (stage, duration) in seen.stages { stages[stage]?.record(duration) }
            compute.record(timings.compute)
        }
        let usage = seen.usage
        if usage.audioSeconds > 0, let compute = seen.timings?.compute {
            realTimeFactor.record(compute.inSeconds / usage.audioSeconds)
        }
        if usage.generatedTokens > 0, let generation = seen.generation, generation > .zero {
            tokenRate.record(Double(usage.generatedTokens) / generation.inSeconds)
        }
        if let first = seen.firstToken { firstToken.record(first) }
        if let first = seen.firstAudio { firstAudio.record(first) }
        add(usage)
    }

    private func add(_ usage: RequestUsage) {
        if usage.audioSeconds > 0 { audioSeconds.increment(by: usage.audioSeconds) }
        for (counter, amount) in [
            (characters, usage.characters), (texts, usage.texts), (promptTokens, usage.promptTokens),
            (generatedTokens, usage.generatedTokens),
        ] where amount > 0 { counter.increment(by: amount) }
    }
}

extension Timer {
    /// Nanoseconds as far as they fit.
    func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        recordNanoseconds(
            seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ attoseconds / 1_000_000_000)
    }
}
