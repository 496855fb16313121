/// Samples of several channels on their way to one: repaired, mixed, and held until they are asked for.
struct MonoFeed: Sendable {
    private var repair: SoundRepair
    private var mixer: ChannelMixer
    private var ready: [Float] = []
    /// Where the samples of `ready` begin that were not handed out.
    private var position = 0
    private var isFinished = false

    init(channels: Int, speakers: Int = 0, sampleRate: Int) {
        repair = SoundRepair(channels: channels, sampleRate: sampleRate)
        mixer = ChannelMixer(channels: channels, speakers: speakers, sampleRate: sampleRate)
    }

    var warnings: [String] { mixer.warnings + repair.warnings }

    /// Whether nothing can be taken before more is put in.
    var isHungry: Bool { position == ready.count && !isFinished }

    /// - Parameter samples: whole frames, with the channels interleaved; empty at the end.
    mutating func put(_ samples: [Float]) {
        isFinished = samples.isEmpty
        let mixed = mixer.mix(isFinished ? repair.finish() : repair.process(samples))
        ready = position == ready.count ? mixed : ready[position...] + mixed
        position = 0
    }

    /// The next samples, at most `count`; empty at the end.
    mutating func take(_ count: Int) -> [Float] {
        if position == 0, count >= ready.count {
            defer { ready = [] }
            return ready
        }
        let end = position + min(max(0, count), ready.count - position)
        defer { position = end }
        return Array(ready[position..<end])
    }
}
