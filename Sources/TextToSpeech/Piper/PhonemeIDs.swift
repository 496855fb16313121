extension PiperConfiguration {
    /// The ids that a network takes: start, pad, then each phoneme's ids and a pad, then the end.
    ///
    /// Phonemes that the voice does not know are left out, as piper-tts does; `unknown` gets them.
    func ids(of phonemes: [String]) -> (ids: [Int64], unknown: Set<String>) {
        let pad = phonemeIDs[Self.pad] ?? []
        var ids = (phonemeIDs[Self.start] ?? []) + pad
        var unknown: Set<String> = []
        for phoneme in phonemes {
            guard let known = phonemeIDs[phoneme] else {
                unknown.insert(phoneme)
                continue
            }
            ids += known
            ids += pad
        }
        return (ids + (phonemeIDs[Self.end] ?? []), unknown)
    }
}
