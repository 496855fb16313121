extension PiperConfiguration {
    /// The ids for a network: start, pad, then each phoneme's ids and a pad, then the end.
    ///
    /// Phonemes that the voice does not know are left out, as in piper-tts.
    func ids(of phonemes: [String]) -> [Int64] {
        let pad = phonemeIDs[Self.pad] ?? []
        var ids = (phonemeIDs[Self.start] ?? []) + pad
        for phoneme in phonemes {
            guard let known = phonemeIDs[phoneme] else { continue }
            ids += known
            ids += pad
        }
        return ids + (phonemeIDs[Self.end] ?? [])
    }
}
