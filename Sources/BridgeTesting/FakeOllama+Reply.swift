public import BridgeSupport
import Foundation
import LanguageModels

extension FakeOllama {
    /// A scripted answer: what is written, when, and how it ends.
    public struct Reply: Sendable {
        /// One thing that an answer does.
        public enum Step: Sendable {
            /// Written as they are and flushed.
            case bytes([UInt8])
            /// Written in one packet with the close of the connection, so that their reader finds it closed.
            case lastBytes([UInt8])
            /// Writes nothing for this long.
            case wait(Duration)
            /// Waits until the test opens the gate.
            case hold(Gate)
            /// Closes the connection; later steps are not played.
            case close
        }

        /// In order.
        public var steps: [Step]

        public init(_ steps: [Step] = []) {
            self.steps = steps
        }

        // MARK: Whole answers

        /// A complete answer of known length.
        public static func whole(
            _ status: Int, _ body: String = "", contentType: String = "application/json; charset=utf-8",
            headers: [String: String] = [:]
        ) -> Reply {
            let lines = [
                "HTTP/1.1 \(status) \(status == 200 ? "OK" : "Not OK")", "Content-Type: \(contentType)",
                "Content-Length: \(body.utf8.count)",
            ]
            let extra = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            return Reply([.bytes(Array(((lines + extra).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))])
        }

        /// Waits at `gate`, then sends a complete answer and the close of the connection in one packet.
        public static func wholeAndClose(_ body: String, behind gate: Gate) -> Reply {
            let bytes = whole(200, body).steps.flatMap { step -> [UInt8] in
                if case .bytes(let bytes) = step { bytes } else { [] }
            }
            return Reply([.hold(gate), .lastBytes(bytes)])
        }

        /// A whole answer with a length.
        public static func json(_ status: Int = 200, _ value: JSONValue, headers: [String: String] = [:]) -> Reply {
            whole(status, FakeOllama.text(value), headers: headers)
        }

        /// Ollama's error shape.
        public static func error(_ status: Int, _ message: String, headers: [String: String] = [:]) -> Reply {
            json(status, ["error": .string(message)], headers: headers)
        }

        /// Accepts the request and closes the connection without a byte.
        public static let closedBeforeHead = Reply([.close])

        /// A stream of `lines`, one chunk each, properly ended.
        public static func stream(_ lines: [JSONValue]) -> Reply {
            lines.reduce(Reply.streamHead()) { $0.line($1) }.end()
        }

        // MARK: Streams piece by piece

        /// The head of a chunked answer; add pieces and ``end()`` to it.
        public static func streamHead(_ status: Int = 200, contentType: String = "application/x-ndjson") -> Reply {
            let head = "HTTP/1.1 \(status) OK\r\nContent-Type: \(contentType)\r\nTransfer-Encoding: chunked\r\n\r\n"
            return Reply([.bytes(Array(head.utf8))])
        }

        /// Adds one line as one chunk.
        public func line(_ value: JSONValue) -> Reply {
            chunk(FakeOllama.text(value) + "\n")
        }

        /// Continues with a chunk of a chunked answer.
        public func chunk(_ text: String) -> Reply {
            chunk(Array(text.utf8))
        }

        /// Adds one chunk of HTTP's chunked coding: any bytes, half a line or half a character.
        public func chunk(_ bytes: [UInt8]) -> Reply {
            let size = String(bytes.count, radix: 16)
            return adding(.bytes(Array("\(size)\r\n".utf8) + bytes + Array("\r\n".utf8)))
        }

        /// Ends a chunked answer properly.
        public func end() -> Reply { adding(.bytes(Array("0\r\n\r\n".utf8))) }
        /// Ends it by closing the connection instead.
        public func close() -> Reply { adding(.close) }
        /// Continues after a pause.
        public func wait(_ duration: Duration) -> Reply { adding(.wait(duration)) }
        /// Continues once `gate` is open.
        public func hold(_ gate: Gate) -> Reply { adding(.hold(gate)) }

        /// Continues with `step`.
        public func adding(_ step: Step) -> Reply {
            Reply(steps + [step])
        }
    }

    // MARK: Lines

    /// A line of `/api/chat` that carries a piece of the answer.
    public static func chatLine(_ content: String, model: String = "qwen3:4b") -> JSONValue {
        [
            "model": .string(model), "created_at": "2026-03-02T09:14:07.105312Z",
            "message": ["role": "assistant", "content": .string(content)], "done": false,
        ]
    }

    /// A line of `/api/generate` that carries a piece of the answer.
    public static func generateLine(_ text: String, model: String = "qwen3:4b") -> JSONValue {
        [
            "model": .string(model), "created_at": "2026-03-02T09:14:07.105312Z", "response": .string(text),
            "done": false,
        ]
    }

    /// The last line of either, with its counts and durations (load 701 ms, prompt 88 ms, generation 122 ms).
    public static func doneLine(
        model: String = "qwen3:4b", reason: String = "stop", prompt: Int = 29, generated: Int = 9
    ) -> JSONValue {
        [
            "model": .string(model), "created_at": "2026-03-02T09:14:07.190411Z", "response": "",
            "message": ["role": "assistant", "content": ""], "done": true, "done_reason": .string(reason),
            "total_duration": 912_004_511, "load_duration": 701_200_345,
            "prompt_eval_count": .number(JSONNumber(prompt)),
            "prompt_eval_duration": 88_210_000, "eval_count": .number(JSONNumber(generated)),
            "eval_duration": 121_870_000,
        ]
    }

    static func text(_ value: JSONValue) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON of finite numbers and strings always encodes; a test that asks for NaN sees an empty body.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
