import DequeModule

/// Spans that wait for the collector, the oldest first, as many as fit. A pure state machine: its owner sends them.
struct SpanBuffer {
    /// What its owner has to do.
    enum Action { case none, send, drop }

    let capacity: Int
    /// The most that are sent at once.
    let batch: Int
    private var spans: Deque<SpanData> = []

    init(capacity: Int, batch: Int) { (self.capacity, self.batch) = (max(1, capacity), max(1, batch)) }

    var count: Int { spans.count }

    /// A span that has ended waits, or is dropped where there is no room: older ones tell how it began.
    mutating func add(_ span: SpanData) -> Action {
        guard spans.count < capacity else { return .drop }
        spans.append(span)
        return spans.count % batch == 0 ? .send : .none
    }

    /// The next ones to send. They stay until they are known to have arrived.
    var next: [SpanData] { Array(spans.prefix(batch)) }

    /// The first ones have arrived, or will never.
    mutating func remove(_ count: Int) { spans.removeFirst(min(count, spans.count)) }
}
