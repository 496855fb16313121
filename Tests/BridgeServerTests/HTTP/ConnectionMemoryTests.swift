import BridgeSupport
import AsyncHTTPClient
import BridgeRuntime
import BridgeTesting
import Foundation
import InMemoryLogging
import LanguageModels
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import BridgeServer

/// The memory that bodies and answers take together.
extension ConnectionTests {
    @Test func bodiesTogetherHaveALimit() async throws {
        let limits = ["limits.body_text": "1024", "limits.body_audio": "131072", "limits.bodies_total": "1024"]
        let gate = Gate()
        let server = try TestServer(limits, gate: gate)
        try await server.run { client in
            // Seconds of sound, which wait at the gate: one body fits, whatever the limit of all is, but not two.
            let sound = TestSound.tone(30_000).withUnsafeBytes { Data($0) }.base64EncodedString()
            let body = #"{"audio_data":"\#(sound)"}"#
            async let first = client.post("/api/stt/transcribe", body)
            try await server.speech.calls(atLeast: 1)
            let second = try await client.post("/api/stt/transcribe", body)
            #expect(
                (second.status, second.code) == (503, "overloaded") && second["Retry-After"] == "5", "\(second.text)")
            // Recordings keep no small request away.
            async let small = client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            try await server.embedder.calls(atLeast: 1)
            gate.open()
            #expect(try await small.status == 200)
            #expect(try await first.status == 200)
            #expect(try await client.post("/api/stt/transcribe", body).status == 200)
        }
    }

    /// Each would find the room taken by the halves of the others.
    @Test func ofLargeBodiesThatComeTogetherTheFirstAreServed() async throws {
        let limits = ["limits.body_text": "1024", "limits.body_audio": "131072", "limits.bodies_total": "1024"]
        let gate = Gate()
        let server = try TestServer(limits, gate: gate)
        try await server.run { client in
            let sound = TestSound.tone(30_000).withUnsafeBytes { Data($0) }.base64EncodedString()
            let body = Self.post("/api/stt/transcribe", #"{"audio_data":"\#(sound)"}"#, more: "Connection: close\r\n")
            let half = body.count / 2
            let halves = Gate()
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await client.connect().executeThenClose { inbound, outbound in
                            try await outbound.write(ByteBuffer(bytes: body[..<half]))
                            try await halves.pass()
                            try await outbound.write(ByteBuffer(bytes: body[half...]))
                            return try await inbound.reduce(into: "") { $0 += String(buffer: $1) }
                        }
                    }
                }
                try await halves.arrivals(atLeast: 4)
                halves.open()
                for _ in 0..<3 { #expect(try await group.next()?.hasPrefix("HTTP/1.1 503") == true) }
                gate.open()
                #expect(try await group.next()?.hasPrefix("HTTP/1.1 200") == true)
            }
        }
    }

    /// Speech that nobody takes keeps others from asking for as much, and nobody from asking for little.
    @Test func answersTogetherHaveALimit() async throws {
        let limits = ["limits.answers_total": "1024", "limits.body_text": "65536", "limits.speech_seconds": "300"]
        let server = try TestServer(limits)
        try await server.run { client in
            let response = try await Self.askForMuch(client)
            let much = #"{"text":"\#(String(repeating: "a", count: 20_000))"}"#
            let second = try await client.post("/api/tts/synthesize", much)
            #expect(
                (second.status, second.code) == (503, "overloaded") && second["Retry-After"] == "5", "\(second.text)")
            #expect(try await client.post("/api/embeddings/embed", #"{"text":"a"}"#).status == 200)
            for try await _ in response.body {}
            #expect(try await client.post("/api/tts/synthesize", much).status == 200)
        }
    }

    /// A large JSON answer is no less held than speech.
    @Test func aLargeAnswerInJSONIsHeldUntilItIsTaken() async throws {
        let server = try TestServer(["timeouts.reader": "1"])
        try await server.run { client in
            let texts = (0..<2048).map { "\"\($0) \(String(repeating: "é", count: 200))\"" }.joined(separator: ",")
            let batch = try await client.post("/api/embeddings/embed-batch", #"{"texts":[\#(texts)]}"#)
            #expect(batch.status == 200 && batch["Content-Length"] == "\(batch.body.count)")
            #expect(batch.body.count > 1 << 16 && batch.json?["count"]?.numberValue == 2048)
        }
    }

    @Test func tooManyValuesAreRefusedBeforeTheyAreMade() async throws {
        try await TestServer().run { client in
            let many = #"{"audio_data":"AAAAAA==","x":["# + String(repeating: "1,", count: 1 << 20) + "1]}"
            let answer = try await client.post("/api/stt/transcribe", many)
            #expect((answer.status, answer.code) == (400, "invalid_json"), "\(answer.text)")
            let texts = (0..<2048).map { "\"a, [b], {c} \($0)\"" }.joined(separator: ",")
            let batch = try await client.post("/api/embeddings/embed-batch", #"{"texts":[\#(texts)]}"#)
            #expect(batch.status == 200 && batch.json?["count"]?.numberValue == 2048)
        }
    }
}
