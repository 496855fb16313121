import HTTPTypes
import NIOCore
import NIOHTTP1

/// The state of an HTTP/1 connection, apart from all input and output: it is told what happens, and returns what follows.
///
/// ```
/// idle ── bytes ──> receiving ── end of the request ──> working ── head of the answer ──> answering ── its end ──> idle
///                       │                                       │                              ^   └── its end ──> closing
///                       └──────────── head of an early answer ──┼──────────────────────────────┘
///                                                               └── 101, which the client offered ──> upgraded
/// ```
/// Further requests may come while one is worked on or answered; the phase is that of the oldest. Two phases are never left:
/// - `closing`: nothing is read as a request or answered any more. A connection gets there from anywhere when it makes room
///   (``leave()``, ``close()``), and from the end of its last answer when the server stops (``stop()``).
/// - `upgraded`: the connection speaks another protocol, whose door reads and writes it. It is in use, as long as that door likes.
struct ConnectionState {
    enum Phase: Equatable { case idle, receiving, working, answering, upgraded, closing }

    /// What follows after the end of an answer.
    enum Afterwards: Equatable {
        case staysOpen
        case closes
        /// The client may send more, and would lose the answer if that were refused.
        ///
        /// - Parameter ends: whether the client is told at once that no more comes. A client that is still sending its request would take
        ///   that for the end of the connection, as if there were no answer.
        case lingers(ends: Bool)
    }

    /// One request and its answer.
    private struct Exchange {
        enum Answer { case awaited, begun, complete }

        var isOld: Bool
        var keepsOpen: Bool
        var renewsParser: Bool
        var isChunked: Bool
        var waitsForContinue: Bool
        var isWhole = false
        var answer = Answer.awaited
        var stream: EventFormat?

        var isBroken = false

        /// Whether the start of the next request can be determined: a client that waited to be asked for its body may send it or not.
        var canBeReadOn: Bool { isWhole || !waitsForContinue && !isBroken }
    }

    /// Bytes that are read of a body whose request was already answered.
    private static let worthReading = 256 << 20
    /// Bytes between the data of a chunked body that carry no content: chunks may have extensions in addition to their sizes.
    private static let wasted = 16 << 10

    /// Requests not yet answered or received completely, oldest first.
    private var exchanges: [Exchange] = []
    /// Whether part of the next request has come. True at the start of a connection: a client connects to ask.
    private var hasBytes = true
    private var waste = 0
    private var unwanted = 0
    /// Answers that have ended, but have not been sent completely.
    private var unsent = 0
    private var isStopping = false
    private var isLeaving = false
    private(set) var isClosing = false
    private(set) var isUpgraded = false
    /// Whether what comes is of no use: it cannot be told where the next request begins.
    private(set) var ignoresInput = false

    var phase: Phase {
        if isClosing { return .closing }
        if isUpgraded { return .upgraded }
        guard let oldest = exchanges.first else { return hasBytes ? .receiving : .idle }
        if oldest.answer != .awaited { return .answering }
        return oldest.isWhole ? .working : .receiving
    }

    /// Whether closing the connection would lose nothing: every request whose head has come completely has been answered, and no client is
    /// still taking an answer.
    var isUnused: Bool { unsent == 0 && (isClosing || exchanges.allSatisfy { $0.answer == .complete }) }
    /// Whether the client still sends a request that has been answered. It may read only after that.
    var isSendingAnswered: Bool { !isClosing && exchanges.last?.answer == .complete }
    /// Whether nothing keeps a connection open any more that has to make room.
    var hasLeft: Bool { isLeaving && exchanges.isEmpty }
    /// Whether it is the client that lets the server wait.
    var isTimed: Bool { !isClosing && !isUpgraded && (exchanges.first.map { !$0.isWhole } ?? hasBytes) }
    /// Whether somebody waits for more of a body.
    var isUploading: Bool { exchanges.last.map { !$0.isWhole && $0.answer == .awaited } ?? false }
    var isWasteful: Bool { waste > Self.wasted }
    /// Whether the client has been sending a refused body for too long.
    var isDeaf: Bool { unwanted > Self.worthReading }
    /// How the current answer sends its messages, if it does.
    var stream: EventFormat? { exchanges.first?.stream }
    /// Whether an HTTP/1.0 client, which knows no interim answers, waits for an answer.
    var keepsOldClientWaiting: Bool { exchanges.first.map { $0.isOld && $0.answer == .awaited } ?? false }
    /// Whether an interim answer may be sent now.
    var mayAsk: Bool { phase == .working && !keepsOldClientWaiting }

    // MARK: What comes

    mutating func receive(bytes count: Int) {
        guard let newest = exchanges.last, !newest.isWhole else { return hasBytes = true }
        if newest.isChunked { waste += count }
    }

    /// - Parameter mayStay: whether the connection may stay open for another request.
    /// - Returns: the head for the rest of the server. Hummingbird knows `Connection: close` in these letters only, and no
    ///   version but HTTP/1.1; earlier clients need not name a host, and know no interim answers. The host of an absolute address is in it.
    mutating func receive(_ head: HTTPRequestHead, mayStay: Bool = true) -> HTTPRequestHead {
        var head = head
        let isOld = head.version.major < 1 || head.version == .http1_0
        let marks = HeadMarks(head.headers)
        let offer = UpgradeOffer(head, hasUpgrade: marks.hasUpgrade)
        let exchange = Exchange(
            isOld: isOld,
            keepsOpen: mayStay && !isOld && head.isKeepAlive && offer != .unclear && marks.hosts == 1,
            renewsParser: offer == .clear, isChunked: marks.isChunked, waitsForContinue: !isOld && marks.waits)
        if isOld {
            head.headers.remove(name: "Expect")
            if marks.hosts == 0 { head.headers.add(name: "Host", value: "localhost") }
        }
        head.resolveTarget()
        if !exchange.keepsOpen { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        (hasBytes, waste, unwanted) = (false, 0, 0)
        exchanges.append(exchange)
        return head
    }

    mutating func receive(bodyOf count: Int) {
        guard let last = exchanges.indices.last else { return }
        if exchanges[last].answer == .complete { unwanted += count }
        // The overhead of a chunked body may be twice its data, plus a size for each piece.
        waste = max(0, waste - 3 * count - 16)
    }

    /// - Returns: whether the parser would read the following bytes as another protocol, and must be replaced.
    mutating func receiveEnd() -> Bool {
        guard let last = exchanges.indices.last else { return false }
        exchanges[last].isWhole = true
        // Bytes of the same read after the body belong to the next request.
        waste = 0
        let renewsParser = exchanges[last].renewsParser && exchanges[last].keepsOpen
        if exchanges[last].answer == .complete { exchanges.remove(at: last) }
        return renewsParser
    }

    /// Later bytes are not read as requests.
    mutating func ignoreInput() {
        ignoresInput = true
        guard let last = exchanges.indices.last, !exchanges[last].isWhole else { return }
        (exchanges[last].isBroken, exchanges[last].keepsOpen) = (true, false)
    }

    // MARK: What goes

    /// - Returns: the head to be sent; nil for one that the client does not know.
    mutating func answer(_ head: HTTPResponseHead) -> HTTPResponseHead? {
        var head = head
        // Bytes that cannot be read as a request are answered too, though there is no request for them.
        guard !exchanges.isEmpty else {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
            return head
        }
        if head.status == .switchingProtocols, exchanges.count == 1, exchanges[0].isWhole, exchanges[0].renewsParser {
            isUpgraded = true
            return head
        }
        guard head.status.code >= 200 else {
            exchanges[0].waitsForContinue = false
            return exchanges[0].isOld ? nil : head
        }
        exchanges[0].answer = .begun
        exchanges[0].stream = EventFormat(contentType: head.headers.first(name: HTTPField.Name.contentType.rawName))
        if isStopping && exchanges.count == 1 || !exchanges[0].canBeReadOn { exchanges[0].keepsOpen = false }
        if !exchanges[0].keepsOpen { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        if exchanges[0].isOld { head.version = .http1_0 }
        return head
    }

    /// Whether there is one request, and no more, that is not answered or not received completely.
    var hasOneRequest: Bool { exchanges.count == 1 }

    /// Whether an answer to the request that has just begun would be sent as it is, and leave the connection open.
    var answersAsItIs: Bool {
        guard !isClosing, !isUpgraded, !isStopping, hasOneRequest else { return false }
        let exchange = exchanges[0]
        return exchange.answer == .awaited && exchange.keepsOpen && exchange.canBeReadOn
    }

    /// An answer begins that is sent as it is, as ``answersAsItIs`` allows.
    mutating func answerAsItIs() {
        guard !exchanges.isEmpty else { return }
        exchanges[0].answer = .begun
    }

    mutating func answerEnd() -> Afterwards {
        unsent += 1
        guard !exchanges.isEmpty else {
            isClosing = true
            return .lingers(ends: true)
        }
        exchanges[0].answer = .complete
        exchanges[0].stream = nil
        let (keepsOpen, isWhole, isSending) = (
            exchanges[0].keepsOpen, exchanges[0].isWhole, !exchanges[0].isWhole && exchanges[0].canBeReadOn
        )
        if isWhole { exchanges.removeFirst() }
        // A stopping server still answers requests that have already come.
        guard !keepsOpen || isStopping && exchanges.isEmpty else { return .staysOpen }
        isClosing = true
        return isStopping && isWhole ? .closes : .lingers(ends: !isSending)
    }

    /// An answer has been sent completely.
    mutating func answerSent() { unsent -= 1 }

    /// An unused connection makes room for another one.
    ///
    /// - Returns: whether it ends now; otherwise once it ``hasLeft``, because a client that is still sending would see only the end.
    mutating func leave() -> Bool {
        isLeaving = true
        return !isSendingAnswered
    }

    /// The server stops: requests that have come are answered, and nothing more.
    mutating func stop() { isStopping = true }

    mutating func close() { isClosing = true }
}

/// What the fields of a request's head say about its connection, found in one pass: looked for one by one, they cost as much as all else
/// that is done here.
private struct HeadMarks {
    var hosts = 0
    var hasUpgrade = false
    var isChunked = false
    /// Whether the client waits to be asked for the body.
    var waits = false

    init(_ headers: HTTPHeaders) {
        for (name, _) in headers {
            switch name.utf8.count {
            case 4: if Self.is(name, "host") { hosts += 1 }
            case 6: if Self.is(name, "expect") { waits = true }
            case 7: if Self.is(name, "upgrade") { hasUpgrade = true }
            case 17: if Self.is(name, "transfer-encoding") { isChunked = true }
            default: break
            }
        }
    }

    /// Whether the names are the same, whatever their case. The bit makes lower case of upper case, and otherwise changes no character that
    /// names of fields may have (RFC 9110, 5.6.2) into one of these names.
    ///
    /// - Parameter other: in lower case, as long as `name`.
    private static func `is`(_ name: String, _ other: StaticString) -> Bool {
        other.withUTF8Buffer { other in zip(name.utf8, other).allSatisfy { $0 | 0x20 == $1 } }
    }
}
