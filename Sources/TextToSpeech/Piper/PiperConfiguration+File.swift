extension PiperConfiguration {
    /// The names in the file.
    struct File: Decodable {
        struct Audio: Decodable { var sample_rate: Int }
        struct Espeak: Decodable { var voice: String }
        struct Inference: Decodable {
            var noise_scale: Double?
            var length_scale: Double?
            var noise_w: Double?
        }
        var audio: Audio
        var espeak: Espeak
        var phoneme_type: String?
        var phoneme_id_map: [String: [Int64]]
        var num_symbols: Int?
        var vowel_clusters: [[String]]?
        var num_speakers: Int
        var speaker_id_map: [String: Int]?
        var default_speaker_id: Int?
        var inference: Inference?
    }
}

/// Bounds that all published voices are far from. Beyond them the network fails, or needs unlimited memory.
extension PiperConfiguration.File {
    private typealias Problem = PiperConfiguration.Problem

    private static let mostSpeakers = 10_000
    /// Networks have 256 symbols, whatever older files say.
    private static let symbols = 256...65_536
    private static let mostIDs = 8
    private static let longestCluster = 8
    private static let longestName = 100
    private static let lengthScale = 0.1...4.0
    private static let noise = 0.0...2.0

    /// - Throws: `Problem` naming the key that is wrong.
    func check() throws {
        guard (1000...384_000).contains(audio.sample_rate) else {
            throw Problem(reason: "its audio.sample_rate is \(audio.sample_rate), which is no sample rate")
        }
        guard espeak.voice.unicodeScalars.count <= Self.longestName else {
            throw Problem(reason: "its espeak.voice has more than \(Self.longestName) characters")
        }
        try checkPhonemes()
        try checkSpeakers()
        try check(inference?.length_scale, "inference.length_scale", in: Self.lengthScale)
        try check(inference?.noise_scale, "inference.noise_scale", in: Self.noise)
        try check(inference?.noise_w, "inference.noise_w", in: Self.noise)
    }

    private func check(_ value: Double?, _ key: String, in range: ClosedRange<Double>) throws {
        guard let value, !range.contains(value) else { return }
        throw Problem(
            reason: "its \(key) is \(value), and only \(range.lowerBound) to \(range.upperBound) can be spoken")
    }

    private func checkPhonemes() throws {
        for symbol in [PiperConfiguration.pad, PiperConfiguration.start, PiperConfiguration.end]
        where phoneme_id_map[symbol]?.isEmpty != false {
            throw Problem(reason: "its phoneme_id_map has no \"\(symbol)\"")
        }
        guard phoneme_id_map.keys.contains(where: { $0.first?.isLetter == true }) else {
            throw Problem(reason: "its phoneme_id_map has no letters")
        }
        let symbols = min(max(num_symbols ?? Self.symbols.upperBound, Self.symbols.lowerBound), Self.symbols.upperBound)
        for (phoneme, ids) in phoneme_id_map {
            guard (1...Self.mostIDs).contains(ids.count) else {
                throw Problem(
                    reason:
                        "its phoneme_id_map gives \"\(phoneme.prefix(8))\" \(ids.count) ids, and 1 to \(Self.mostIDs) can be spoken"
                )
            }
            for id in ids where !(0..<Int64(symbols)).contains(id) {
                throw Problem(
                    reason:
                        "its phoneme_id_map gives \"\(phoneme.prefix(8))\" the id \(id), and there are \(symbols) symbols"
                )
            }
        }
        for cluster in vowel_clusters ?? [] where cluster.count > Self.longestCluster {
            throw Problem(
                reason:
                    "its vowel_clusters have one of \(cluster.count) phonemes, and \(Self.longestCluster) are the most")
        }
    }

    private func checkSpeakers() throws {
        guard (1...Self.mostSpeakers).contains(num_speakers) else {
            throw Problem(reason: "its num_speakers is \(num_speakers), and 1 to \(Self.mostSpeakers) can be spoken")
        }
        for (name, number) in speaker_id_map ?? [:] where !(0..<num_speakers).contains(number) {
            throw Problem(
                reason:
                    "its speaker_id_map gives \"\(name)\" the number \(number), and there are \(num_speakers) speakers")
        }
        let defaultSpeaker = default_speaker_id ?? 0
        guard (0..<num_speakers).contains(defaultSpeaker) else {
            throw Problem(reason: "its default_speaker_id is \(defaultSpeaker), and there are \(num_speakers) speakers")
        }
    }
}
