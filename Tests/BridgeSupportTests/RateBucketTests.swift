import Testing

@testable import BridgeSupport

@Suite(.timeLimit(.minutes(1))) struct RateBucketTests {
    /// Six a minute, three at once: one comes back in ten seconds.
    private let limit = RateLimit(6, per: .seconds(60), burst: 3)

    @Test func aBurstGoesThroughAndThenOneAtATime() {
        var bucket = RateBucket(now: .seconds(5))
        let remaining = (0..<3).map { _ in bucket.take(1, of: limit, at: .seconds(5)).remaining }
        #expect(remaining == [2, 1, 0])
        let refused = bucket.take(1, of: limit, at: .seconds(5))
        #expect(refused == .init(isAllowed: false, remaining: 0, reset: .seconds(30), retry: .seconds(10)))
        let early = bucket.take(1, of: limit, at: .milliseconds(14_999))
        let due = bucket.take(1, of: limit, at: .seconds(15))
        #expect(!early.isAllowed && early.retry == .milliseconds(1) && due.isAllowed)
        let rested = (0..<4).map { _ in bucket.take(1, of: limit, at: .seconds(500)).isAllowed }
        #expect(rested == [true, true, true, false])
    }

    /// In any stretch of time, no more than a burst and what came back in it.
    @Test func noStretchOfTimeHasMore() {
        var bucket = RateBucket(now: .zero)
        var allowed: [Int] = []
        for now in stride(from: 0, to: 600_000, by: 700)
        where bucket.take(1, of: limit, at: .milliseconds(now)).isAllowed {
            allowed.append(now)
        }
        for first in allowed.indices {
            for last in first..<allowed.count {
                #expect(last - first + 1 <= 3 + (allowed[last] - allowed[first]) / 10_000)
            }
        }
        #expect(allowed.count >= 60)
    }

    @Test func whatIsKnownLaterIsChargedAndMakesABoundedDebt() {
        var bucket = RateBucket(now: .zero)
        #expect(bucket.take(0, of: limit, at: .zero).isAllowed)
        bucket.charge(1_000_000, to: limit, at: .zero)
        let refused = bucket.take(0, of: limit, at: .zero)
        #expect(!refused.isAllowed && refused.remaining == 0 && refused.reset == .seconds(1440))
        #expect(refused.retry == .seconds(1410))
        let still = bucket.take(0, of: limit, at: .seconds(1410))
        let later = bucket.take(0, of: limit, at: .milliseconds(1_410_001))
        #expect(!still.isAllowed && later.isAllowed)
    }

    /// Fifty bursts at once are owed in full: nobody gets more by asking for a lot.
    @Test func aLargeDebtIsOwedInFull() {
        var bucket = RateBucket(now: .zero)
        bucket.charge(100, to: limit, at: .zero)
        let early = bucket.take(0, of: limit, at: .seconds(969))
        let later = bucket.take(0, of: limit, at: .seconds(971))
        #expect(!early.isAllowed && later.isAllowed)
    }

    @Test func aChargeBelowZeroGivesNothing() {
        var bucket = RateBucket(now: .zero)
        bucket.charge(3, to: limit, at: .zero)
        bucket.charge(-3, to: limit, at: .zero)
        #expect(!bucket.take(1, of: limit, at: .zero).isAllowed)
    }

    @Test(arguments: [-1_000_000, -60, -1, 1, 1_000_000]) func aClockThatJumpsLeavesNobodyOutForLong(_ jump: Int) {
        var bucket = RateBucket(now: .seconds(2_000_000))
        bucket.charge(3, to: limit, at: .seconds(2_000_000))
        let now = Duration.seconds(2_000_000 + jump)
        let verdict = bucket.take(1, of: limit, at: now)
        #expect(verdict.retry <= .seconds(1420))
        #expect(bucket.take(1, of: limit, at: now + .seconds(1420)).isAllowed)
    }

    @Test func aRequestLargerThanTheBurstIsRefused() {
        var bucket = RateBucket(now: .zero)
        #expect(!bucket.take(4, of: limit, at: .zero).isAllowed && bucket.take(3, of: limit, at: .zero).isAllowed)
    }
}
