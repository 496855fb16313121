import BridgeSupport
import BridgeTesting
import Embeddings
import Foundation
import LanguageModels
import Testing

@testable import BridgeServer

@Suite(.timeLimit(.minutes(5))) struct EmbeddingRouteTests {
    @Test func aVectorIsBase64OrNumbers() async throws {
        try await TestServer().run { client in
            let first = try await client.post("/api/embeddings/embed", #"{"text":"Bonjour"}"#)
            #expect(first.status == 200)
            #expect(first.json?["text"]?.stringValue == "Bonjour")
            #expect(first.json?["dimension"]?.numberValue == 8)
            #expect(first.json?["model"]?.stringValue == "fake-embeddings")
            #expect(first.json?["cached"]?.boolValue == false)
            let bytes = try #require(first.json?["vector"]?.stringValue.flatMap { Data(base64Encoded: $0) })
            let vector = FakeEmbeddingBackend().vector(for: "Bonjour")
            #expect([UInt8](bytes) == vector.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } })
            let second = try await client.post("/api/embeddings/embed", #"{"text":"Bonjour","encoding":"float"}"#)
            #expect(second.json?["cached"]?.boolValue == true)
            #expect(second.json?["vector"]?.arrayValue?.compactMap(\.numberValue).map { Float($0) } == vector)
        }
    }

    @Test func theInputTypeChoosesWhatTheModelReadsAndTheTextStaysAsSent() async throws {
        try await TestServer(prompts: [.query: "query: ", .passage: "passage: "]).run { client in
            var answers: [JSONValue?] = []
            for field in ["", #","input_type":"query""#, #","input_type":"passage""#] {
                let body = #"{"text":"le chat dort","encoding":"float"\#(field)}"#
                answers.append(try await client.post("/api/embeddings/embed", body).json)
            }
            #expect(answers.allSatisfy { $0?["text"]?.stringValue == "le chat dort" })
            #expect(answers.map { $0?["cached"]?.boolValue } == [false, true, false])
            for (answer, read) in zip(
                answers, ["query: le chat dort", "query: le chat dort", "passage: le chat dort"])
            {
                let vector = answer?["vector"]?.arrayValue?.compactMap(\.numberValue).map { Float($0) }
                #expect(vector == FakeEmbeddingBackend().vector(for: read))
            }
            let batch = try await client.post(
                "/api/embeddings/embed-batch",
                #"{"texts":["le chat dort","il pleut"],"encoding":"float","input_type":"passage"}"#
            ).json?["embeddings"]?.arrayValue
            #expect(batch?.map { $0["text"]?.stringValue } == ["le chat dort", "il pleut"])
            #expect(batch?[0]["vector"] == answers[2]?["vector"])
        }
    }

    @Test func aBatchKeepsItsOrder() async throws {
        try await TestServer().run { client in
            let answer = try await client.post("/api/embeddings/embed-batch", #"{"texts":["un","deux","","un"]}"#)
            #expect(answer.json?["count"]?.numberValue == 4)
            #expect(
                answer.json?["embeddings"]?.arrayValue?.compactMap { $0["text"]?.stringValue } == [
                    "un", "deux", "", "un",
                ])
            let long = #"{"text":"\#(String(repeating: "mot ", count: 300))"}"#
            #expect(try await client.post("/api/embeddings/embed", long).json?["truncated"]?.boolValue == true)
        }
    }

    @Test func theCacheIsShownAndEmptied() async throws {
        try await TestServer().run { client in
            _ = try await client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            _ = try await client.post("/api/embeddings/embed", #"{"text":"a"}"#)
            let full = try await client.get("/api/embeddings/cache").json
            #expect(full?["entries"]?.numberValue == 1)
            #expect((full?["hits"]?.numberValue, full?["misses"]?.numberValue) == (1, 1))
            #expect(full?["hit_rate"]?.numberValue == 0.5)
            #expect(try await client.send("DELETE", "/api/embeddings/cache").json?["entries"]?.numberValue == 0)
        }
    }
}
