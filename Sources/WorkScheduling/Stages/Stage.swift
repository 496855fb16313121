/// A part of the work for a request whose time is measured by itself.
///
/// The code that does the work measures it, in one place, and knows no more than its name: the meter of the task makes of it what operators
/// see, a histogram and a span.
public enum Stage: String, Sendable, CaseIterable {
    /// Waiting for a place, or for the batch before.
    case queue
    /// Waiting for a model that is being loaded.
    case load
    /// Making samples of a recording.
    case audioDecode = "audio_decode"
    /// Finding speech in sound.
    case voiceActivity = "voice_activity"
    /// A run of a speech model's encoder.
    case encoder
    /// Writing down one window, token by token.
    case decoder
    /// Finding when each word was said.
    case alignment
    /// Making phonemes of a text.
    case phonemes
    /// Making sound of phonemes.
    case synthesis
    /// Making tokens of texts.
    case tokenize
    /// A run of a sentence encoder.
    case inference
    /// Looking for vectors in the cache.
    case cache
    /// Another server works for the request.
    case upstream

    /// Told of the stages of this task's work; nil where it belongs to no request.
    @TaskLocal public static var meter: (any StageMeter)?

    /// Whether it is done in many small pieces between those of other stages, so that it is shown as one from the first to the last.
    public var isPiecemeal: Bool { self == .audioDecode || self == .voiceActivity }
}

extension Stage {
    /// Runs `body` as this stage of the task's work.
    ///
    /// - Parameter facts: what operators see of it in addition to its time. Never words, sound, prompts, keys, or names of files.
    /// - Throws: what `body` throws.
    public func measure<R>(
        _ facts: @autoclosure () -> StageFacts = [:], isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> R
    ) async rethrows -> R {
        guard let running = Self.meter?.begin(self, facts) else { return try await body() }
        do {
            let result = try await running.within(body)
            running.end(nil)
            return result
        } catch {
            running.end(error)
            throw error
        }
    }

    /// Runs `body` as one piece of this stage, which has no stages of its own.
    ///
    /// - Throws: what `body` throws.
    public func measurePiece<R: ~Copyable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
    ) async rethrows -> R {
        guard let running = Self.meter?.begin(self, { [:] }) else { return try await body() }
        do {
            let result = try await body()
            running.end(nil)
            return result
        } catch {
            running.end(error)
            throw error
        }
    }

    /// Runs `body` as this stage, on a thread that may block.
    ///
    /// - Throws: what `body` throws.
    public func measure<R>(_ facts: @autoclosure () -> StageFacts = [:], _ body: () throws -> R) rethrows -> R {
        guard let running = Self.meter?.begin(self, facts) else { return try body() }
        do {
            let result = try body()
            running.end(nil)
            return result
        } catch {
            running.end(error)
            throw error
        }
    }

    /// Tells of a stage that is over, which others have measured.
    ///
    /// - Parameter ago: how long ago it ended.
    public func tell(_ duration: Duration, endedAgo ago: Duration = .zero) {
        Self.meter?.tell(of: self, lasting: duration, endedAgo: ago)
    }
}
