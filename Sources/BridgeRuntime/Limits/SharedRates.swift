import BridgeSupport
import Crypto
import Redis

/// The buckets that several servers share, in a Redis. One script does all of it there, so that nobody comes between, and by that
/// server's clock, so that the clocks of the others need not agree.
///
/// The script is ``RateBucket`` once more: times are microseconds.
struct SharedRates: Sendable {
    let client: RedisClient
    /// What the names of all buckets begin with.
    let prefix: String

    var isUp: Bool { client.status.isUp }

    /// See ``RateLedger/take(_:at:)``.
    ///
    /// - Throws: `RedisError`, `CancellationError`; nobody knows then what was taken.
    func take(_ demands: [RateDemand]) async throws -> RateRefusal? {
        let answer = try await run("take", demands)
        guard case .array(let numbers) = answer, numbers.count == 3, case .integer(let place) = numbers[0],
            case .integer(let retry) = numbers[1], case .integer(let reset) = numbers[2], place <= demands.count
        else { throw RedisError.protocolViolation("a script was not answered with numbers") }
        guard place > 0 else { return nil }
        let rule = demands[place - 1].key.rule
        let left = rule.limit.burst - .microseconds(reset) / rule.limit.interval
        return RateRefusal(
            rule: rule, remaining: max(0, left), reset: .microseconds(reset), retry: .microseconds(max(1, retry)))
    }

    /// See ``RateLedger/charge(_:at:)``.
    ///
    /// - Throws: as ``take(_:)``.
    func charge(_ demands: [RateDemand]) async throws { _ = try await run("charge", demands) }

    private func run(_ verb: String, _ demands: [RateDemand]) async throws -> RedisValue {
        let keys = demands.map { "\(prefix)rate:\($0.key.group.name):\($0.key.rule.text):\($0.key.payer)" }
        let numbers = demands.flatMap { demand in
            let limit = demand.key.rule.limit
            return [limit.interval.inSeconds * 1e6, limit.burst, demand.cost, limit.deepest.inSeconds * 1e6].map {
                "\($0)"
            }
        }
        let arguments = ["\(keys.count)"] + keys + [verb] + numbers
        let known = try await client.send([RedisCommand("EVALSHA", texts: [Self.digest] + arguments)]).first
        guard known?.errorCode == "NOSCRIPT" else { return try Self.result(known) }
        // A Redis that has been started anew; it keeps the script from now on.
        return try Self.result(await client.send([RedisCommand("EVAL", texts: [Self.script] + arguments)]).first)
    }

    private static func result(_ answer: RedisValue?) throws -> RedisValue {
        if case .error(let words)? = answer { throw RedisError.refused(String(words.prefix(200))) }
        return answer ?? .null
    }

    private static let digest = Insecure.SHA1.hash(data: Array(script.utf8)).map { byte in
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()

    private static let script = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local charges = ARGV[1] == 'charge'
        local full, place, retry, reset = {}, 0, 0, 0
        for i, key in ipairs(KEYS) do
          local interval, burst = tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
          local cost, deepest = tonumber(ARGV[4 * i]), now + tonumber(ARGV[4 * i + 1])
          local kept = redis.pcall('GET', key)
          local was = type(kept) == 'string' and tonumber(kept) or now
          if was ~= was then was = now end
          if was > deepest then was = now end
          was = math.max(was, now)
          full[i] = was + interval * cost
          if charges then
            full[i] = math.min(full[i], deepest)
          else
            local excess = full[i] - now - interval * burst
            if ((cost > 0 and excess > 1) or (cost == 0 and excess >= -1)) and (place == 0 or excess > retry) then
              place, retry, reset = i, excess, was - now
            end
          end
        end
        if place > 0 then return {place, math.ceil(retry), math.ceil(reset)} end
        for i, key in ipairs(KEYS) do
          if full[i] > now then
            redis.call('SET', key, string.format('%.3f', full[i]), 'PX', math.ceil((full[i] - now) / 1000) + 1)
          end
        end
        return {0, 0, 0}
        """
}

extension RequestPolicy.Group {
    /// In names of buckets and in metrics.
    var name: String {
        switch self {
        case .probes: "probes"
        case .documents: "documents"
        case .bridge(let bridge): bridge.rawValue
        }
    }
}
