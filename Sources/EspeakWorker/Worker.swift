import EspeakProtocol
import Glibc

/// Reads requests and answers them, one after the other, until the server's end is gone.
struct Worker: ~Copyable {
    private var socket = FrameSocket(descriptor: STDIN_FILENO)
    private let dataDirectory: String?

    init(dataDirectory: String?) { self.dataDirectory = dataDirectory }

    mutating func run() {
        var answer = Answer()
        guard let library = Library(dataDirectory: dataDirectory) else {
            answer.end(.noData, "espeak_Initialize found no data")
            return answer.send(to: socket)
        }
        answer.hello(library)
        answer.send(to: socket)
        while case .frame(let request)? = try? socket.receive(within: -1) {
            Containment.renewTime()
            guard (try? self.answer(request, with: library)) != nil else { return }
        }
    }

    /// - Throws: `MalformedFrame`: the sender is not the server that this program belongs to.
    private mutating func answer(_ request: Frame, with library: Library) throws {
        var fields = FieldReader(request)
        var answer = Answer()
        switch request.kind {
        case .hasVoice:
            let voice = try fields.string()
            try fields.end()
            if library.select(voice) { answer.end() } else { answer.end(.noVoice, "") }
        case .phonemize: try phonemize(&fields, with: library, &answer)
        case .speak: try speak(&fields, with: library, &answer)
        // The answer that it would cancel has already ended.
        case .cancel: return
        case .hello, .failed, .clause, .sound, .done: throw MalformedFrame()
        }
        answer.send(to: socket)
    }

    private mutating func phonemize(_ fields: inout FieldReader, with library: Library, _ answer: inout Answer) throws {
        let voice = try fields.string()
        guard library.select(voice) else { return answer.end(.noVoice, "") }
        let count = try fields.uint32()
        for number in 0..<count {
            let forgets = try fields.bool()
            let hasMnemonics = try fields.bool()
            let text = try fields.string()
            if forgets { _ = library.select(voice) }
            library.clauses(of: text, hasMnemonics: hasMnemonics) { clause in
                answer.add(clause, of: number)
                if answer.isLarge { answer.send(to: socket) }
            }
            if isCancelled() { break }
        }
        answer.end()
    }

    private mutating func speak(_ fields: inout FieldReader, with library: Library, _ answer: inout Answer) throws {
        let voice = try fields.string()
        let rate = try Int(fields.uint16())
        let endPause = try fields.bool()
        let hasMnemonics = try fields.bool()
        let text = try fields.string()
        try fields.end()
        guard library.select(voice) else { return answer.end(.noVoice, "") }
        let status = library.speak(text, rate: rate, endPause: endPause, hasMnemonics: hasMnemonics) { samples in
            answer.add(samples)
            if answer.isLarge { answer.send(to: socket) }
            return !isCancelled()
        }
        if status == 0 { answer.end() } else { answer.end(.refused, "espeak_Synth: \(status)") }
    }

    /// Whether the server wants no more of this answer. The server sends nothing else before the answer's end.
    private mutating func isCancelled() -> Bool {
        guard case .frame(let frame)? = try? socket.receive(within: 0) else { return false }
        return frame.kind == .cancel
    }
}
