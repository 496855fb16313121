import Foundation
import OnnxRuntime
import WorkScheduling

/// A token sequence without prompt and end of text, and the sum of its log-probabilities, including the end's.
struct Candidate: Sendable, Hashable {
    var tokens: [Int] = []
    var logProbability: Float = 0
    /// The log-probability of each token.
    var logProbabilities: [Float] = []
    /// Whether the end of text came by itself, and no limit cut the answer off.
    var hasEnded = false

    /// The score by which openai-whisper ranks: the sum divided by the length.
    var score: Float { logProbability / Float(max(1, tokens.count)) }
}

/// The decoder after it has read a prompt.
struct PromptState: Sendable {
    var step: DecoderStep
    /// Number of tokens in the prompt.
    var length: Int
    /// The probability that the window contains no speech, 0…1.
    var noSpeechProbability: Double
}

/// Searches for the tokens that follow a prompt. Blocks; belongs inside a compute permit.
struct TokenSearch {
    let network: any WhisperNetwork
    let rules: LogitRules
    /// The longest answer, where the limits of the network allow a longer one.
    var maximumTokens = Int.max
    /// Lets more urgent work run between two steps.
    let permit: WorkPermit?

    private var end: Int { rules.special.endOfText }

    /// openai-whisper's limits: half of the context, and never past its end.
    private func limit(_ prompt: PromptState) -> Int {
        max(0, min(maximumTokens, network.maximumTokens / 2, network.maximumTokens + 1 - prompt.length))
    }

    /// The likeliest token at each step.
    func greedy(_ prompt: PromptState) throws -> Candidate {
        try follow(prompt) { LogitMath.argMax($0) }
    }

    /// A token drawn at each step, `count` times from the start; the best of the answers.
    func sampled(
        _ prompt: PromptState, temperature: Double, count: Int, using generator: inout some RandomNumberGenerator
    ) throws -> Candidate {
        var answers: [Candidate] = []
        for _ in 0..<max(1, count) {
            answers.append(
                try follow(prompt) { LogitMath.sample($0, temperature: Float(temperature), using: &generator) })
        }
        return Self.best(answers)
    }

    /// The first answer with the highest score.
    static func best(_ candidates: [Candidate]) -> Candidate {
        candidates.dropFirst().reduce(candidates.first ?? Candidate()) { $1.score > $0.score ? $1 : $0 }
    }

    private func follow(_ prompt: PromptState, choose: (UnsafeBufferPointer<Float>) -> Int) throws -> Candidate {
        var answer = Candidate()
        var step = prompt.step
        var row = [Float](repeating: 0, count: network.vocabularySize)
        let limit = limit(prompt)
        while answer.tokens.count < limit {
            try permit?.checkpoint()
            try step.logits.copyLogits(row: 0, position: step.logits.shape[1] - 1, into: &row)
            let (token, logProbability) = row.withUnsafeMutableBufferPointer { logits in
                rules.apply(to: logits, after: answer.tokens)
                let allowed = UnsafeBufferPointer(logits)
                let total = LogitMath.logSumExp(allowed)
                guard total > -.infinity else { return (end, Float(0)) }
                let token = choose(allowed)
                return (token, allowed[token] - total)
            }
            answer.logProbability += logProbability
            if token == end {
                answer.hasEnded = true
                break
            }
            answer.tokens.append(token)
            answer.logProbabilities.append(logProbability)
            if answer.tokens.count < limit {
                step = try network.step([token], cache: step.cache, permit: permit)
            }
        }
        return answer
    }
}

extension TokenSearch {
    private struct Extension {
        var source: Int
        var token: Int
        var logProbability: Float
    }

    /// Beam search as openai-whisper's `BeamSearchDecoder` does it: each beam offers its best `width` + 1 tokens; walking
    /// all offers from the likeliest down, the ones that end are finished, and the others go on until there are `width`.
    func beams(_ prompt: PromptState, width: Int, patience: Double) throws -> Candidate {
        let wanted = max(1, Int((Double(width) * patience).rounded(.toNearestOrEven)))
        var beams = [Candidate()]
        var finished: [Candidate] = []
        var step = prompt.step
        let limit = limit(prompt)
        for length in 1...max(1, limit) {
            try permit?.checkpoint()
            let (survivors, ended) = split(try offers(beams, step.logits, count: width + 1), of: beams, width: width)
            finished += ended.prefix(max(0, wanted - finished.count))
            let sources = survivors.map(\.source)
            beams = survivors.map { extended(beams[$0.source], by: $0) }
            if finished.count >= wanted || length == limit { break }
            step = try network.step(
                survivors.map(\.token), cache: try reordered(step, sources), permit: permit)
        }
        if finished.count < width {
            finished += beams.sorted { $0.logProbability > $1.logProbability }.prefix(width - finished.count)
        }
        return Self.best(finished)
    }

    private func extended(_ beam: Candidate, by offer: Extension) -> Candidate {
        var extended = beam
        extended.logProbability = offer.logProbability
        extended.hasEnded = offer.token == end
        if offer.token != end {
            extended.tokens.append(offer.token)
            extended.logProbabilities.append(offer.logProbability - beam.logProbability)
        }
        return extended
    }

    /// All beams' offers, the likeliest first.
    private func offers(_ beams: [Candidate], _ logits: Tensor, count: Int) throws -> [Extension] {
        var offers: [Extension] = []
        var row = [Float](repeating: 0, count: network.vocabularySize)
        for (source, beam) in beams.enumerated() {
            try logits.copyLogits(row: source, position: logits.shape[1] - 1, into: &row)
            row.withUnsafeMutableBufferPointer { logits in
                rules.apply(to: logits, after: beam.tokens)
                let allowed = UnsafeBufferPointer(logits)
                let total = LogitMath.logSumExp(allowed)
                for token in LogitMath.top(count, of: allowed) {
                    let logProbability = allowed[token] > -.infinity ? allowed[token] - total : -.infinity
                    offers.append(
                        Extension(source: source, token: token, logProbability: beam.logProbability + logProbability))
                }
            }
        }
        // A stable sort: among equals, the earlier beam's offer comes first.
        return offers.enumerated().sorted {
            ($0.element.logProbability, -$0.offset) > ($1.element.logProbability, -$1.offset)
        }.map(\.element)
    }

    private func split(_ offers: [Extension], of beams: [Candidate], width: Int) -> (
        survivors: [Extension], ended: [Candidate]
    ) {
        var survivors: [Extension] = []
        var ended: [Candidate] = []
        for offer in offers {
            if offer.token == end {
                ended.append(extended(beams[offer.source], by: offer))
            } else {
                survivors.append(offer)
                if survivors.count == width { break }
            }
        }
        return (survivors, ended)
    }

    private func reordered(_ step: DecoderStep, _ sources: [Int]) throws -> DecoderCache {
        let rows = step.logits.shape[0]
        if sources.count == rows, sources == Array(0..<rows) { return step.cache }
        return try network.gathering(sources, of: step.cache)
    }
}
