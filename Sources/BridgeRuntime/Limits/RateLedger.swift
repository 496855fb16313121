import BridgeSupport

/// What one payer has used of one rule.
struct RateBucketKey: Sendable, Hashable {
    /// A caller by its key, or a client by its address.
    var payer: String
    var group: RequestPolicy.Group
    var rule: RateRule
}

/// What a request takes of one bucket.
struct RateDemand: Sendable, Hashable {
    var key: RateBucketKey
    /// 0 where it is only known afterwards.
    var cost: Double
}

/// Why a request has to wait.
package struct RateRefusal: Sendable, Hashable {
    package var rule: RateRule
    /// How much is left.
    package var remaining: Double
    /// Until all of it has come back.
    package var reset: Duration
    /// Until a request like this is let in.
    package var retry: Duration
}

/// The buckets of this process. A pure struct: its owner tells the time.
///
/// Bounded: where there are too many buckets, full ones go first, since they tell nothing, and then the ones that will be full soonest.
struct RateLedger {
    private var buckets: [RateBucketKey: RateBucket] = [:]
    private let capacity: Int

    /// - Parameter capacity: 131,072 buckets take some 25 MB.
    init(capacity: Int = 131_072) { self.capacity = max(4, capacity) }

    var count: Int { buckets.count }

    /// Takes all of `demands`, or none of them.
    ///
    /// - Returns: the refusal that lasts longest; nil if all was there.
    mutating func take(_ demands: [RateDemand], at now: Duration) -> RateRefusal? {
        var refusal: RateRefusal?
        var taken: [(RateBucketKey, RateBucket)] = []
        for demand in demands {
            var bucket = buckets[demand.key] ?? RateBucket(now: now)
            let verdict = bucket.take(demand.cost, of: demand.key.rule.limit, at: now)
            taken.append((demand.key, bucket))
            // Nothing was taken of it, but it may have lain too far ahead, as after a clock has jumped.
            if !verdict.isAllowed { keep(bucket, for: demand.key, now) }
            guard !verdict.isAllowed, verdict.retry > refusal?.retry ?? .zero else { continue }
            refusal = RateRefusal(
                rule: demand.key.rule, remaining: verdict.remaining, reset: verdict.reset, retry: verdict.retry)
        }
        guard refusal == nil else { return refusal }
        for (key, bucket) in taken { keep(bucket, for: key, now) }
        return nil
    }

    /// Takes `demands`, whether they are there or not.
    mutating func charge(_ demands: [RateDemand], at now: Duration) {
        for demand in demands where demand.cost > 0 {
            var bucket = buckets[demand.key] ?? RateBucket(now: now)
            bucket.charge(demand.cost, to: demand.key.rule.limit, at: now)
            keep(bucket, for: demand.key, now)
        }
    }

    private mutating func keep(_ bucket: RateBucket, for key: RateBucketKey, _ now: Duration) {
        guard bucket.full > now else { return }
        if buckets.count >= capacity, buckets[key] == nil { makeRoom(now) }
        buckets[key] = bucket
    }

    /// At least a quarter is free afterwards, so that this is rare.
    private mutating func makeRoom(_ now: Duration) {
        buckets = buckets.filter { $0.value.full > now }
        guard buckets.count > capacity * 3 / 4 else { return }
        let moments = buckets.values.map(\.full).sorted()
        let last = moments[buckets.count - capacity * 3 / 4]
        // Of several that are full at the same moment, all may go.
        buckets = buckets.filter { $0.value.full > last }
    }
}
