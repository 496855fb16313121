/// What a request came to, in the units that routes are measured by (``RequestPolicy/Cost``).
package struct RequestUsage: Sendable, Hashable {
    /// Heard or spoken.
    package var audioSeconds = 0.0
    /// To be spoken.
    package var characters = 0
    /// For vectors.
    package var texts = 0
    /// Read by a language model.
    package var promptTokens = 0
    /// Made by a language model.
    package var generatedTokens = 0

    /// In the unit of a policy's cost.
    func amount(of cost: RequestPolicy.Cost) -> Double {
        switch cost {
        case .nothing, .request: 0
        case .tokens: Double(promptTokens + generatedTokens)
        case .audioSeconds: audioSeconds
        case .characters: Double(characters)
        case .texts: Double(texts)
        }
    }

    package init(
        audioSeconds: Double = 0, characters: Int = 0, texts: Int = 0, promptTokens: Int = 0, generatedTokens: Int = 0
    ) {
        (self.audioSeconds, self.characters, self.texts) = (audioSeconds, characters, texts)
        (self.promptTokens, self.generatedTokens) = (promptTokens, generatedTokens)
    }
}
