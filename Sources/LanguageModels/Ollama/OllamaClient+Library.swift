import AsyncHTTPClient
import BridgeSupport
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1

/// Ollama's own models: what it keeps, fetches, and holds in memory.
extension OllamaClient {
    /// How long Ollama may say nothing while it fetches: it checks gigabytes at the end.
    private static let longestCheck = Duration.seconds(600)

    /// All of them, with what `/api/ps` tells of those in memory.
    public func stored() async throws -> [StoredLanguageModel] {
        let failure = OllamaFailure(settings)
        let body = try await transport.fetch("/api/tags", limit: settings.listTimeout, failure: failure)
        guard let models = try? OllamaTags(body).models else { throw failure.garbage() }
        // Without it the list is still worth something.
        let running = try? await transport.fetch("/api/ps", limit: settings.listTimeout, failure: failure)
        let inMemory = running.flatMap { try? OllamaTags($0).models } ?? []
        let memory = Dictionary(inMemory.map { (OllamaModelName.normalized($0.id), $0) }) { first, _ in first }
        return models.filter { settings.allowCloudModels || !$0.isRemote }.map { model in
            let loaded = memory[OllamaModelName.normalized(model.id)]
            return StoredLanguageModel(
                name: model.id, sizeBytes: model.size, memoryBytes: loaded.map { $0.size ?? $0.videoMemory ?? 0 },
                videoMemoryBytes: loaded?.videoMemory)
        }
    }

    /// Ollama goes on from where an earlier try stopped.
    public func pull(_ model: String, progress: @escaping @Sendable (LanguageModelPull) -> Void) async throws {
        try refuseRemote(model)
        let failure = OllamaFailure(settings, model: model)
        var patient = settings
        patient.idleTimeout = max(patient.idleTimeout, Self.longestCheck)
        let transport = OllamaTransport(
            http: http, bodies: transport.bodies, settings: patient, clock: transport.clock, logger: transport.logger)
        try await transport.withLines("/api/pull", body: try Self.body(["model": .string(model)]), failure: failure) {
            lines in
            var pull = OllamaPull()
            while let line = try await lines.next() {
                do {
                    try pull.read(line)
                } catch {
                    throw failure.unreadable(isFirst: false)
                }
                if let error = pull.error { throw Self.pullFailure(error, of: model, failure) }
                progress(pull.progress)
                guard pull.isComplete else { continue }
                lines.isComplete = true
                return
            }
            throw failure.endedEarly()
        }
    }

    private static func pullFailure(_ message: String, of model: String, _ failure: OllamaFailure) -> ServiceError {
        guard message.contains("file does not exist") || message.contains("not found") else {
            return failure.line(message)
        }
        return ServiceError(
            .modelNotFound, "Ollama's library has no model '\(model)'. Look for its name at ollama.com/library.",
            param: "id")
    }

    /// From Ollama's disk.
    public func remove(_ model: String) async throws {
        _ = try await transport.fetch(
            "/api/delete", body: try Self.body(["model": .string(model)]), method: .DELETE,
            limit: settings.listTimeout, failure: OllamaFailure(settings, model: model))
    }

    /// Pinned for ever by `keep_alive: -1`, otherwise for Ollama's own time.
    public func load(_ model: String, pinned: Bool?) async throws {
        try refuseRemote(model)
        try await keep(model, for: pinned == true ? JSONNumber(-1) : nil)
    }

    /// By `keep_alive: 0`.
    public func unload(_ model: String) async throws { try await keep(model, for: JSONNumber(0)) }

    /// A request for an answer without a prompt loads the model, or lets it go.
    private func keep(_ model: String, for seconds: JSONNumber?) async throws {
        var body: [String: JSONValue] = ["model": .string(model), "stream": false]
        body["keep_alive"] = seconds.map(JSONValue.number)
        _ = try await transport.fetch(
            "/api/generate", body: try Self.body(body), limit: settings.firstByteTimeout,
            failure: OllamaFailure(settings, model: model))
    }

    private static func body(_ fields: [String: JSONValue]) throws -> ByteBuffer {
        try JSONEncoder().encodeAsByteBuffer(fields, allocator: ByteBufferAllocator())
    }
}

/// The lines of `/api/pull`, which tell of one file after the other.
struct OllamaPull {
    private var files: [String: (completed: Int64, total: Int64)] = [:]
    private var step = ""
    /// What went wrong; nil so far.
    private(set) var error: String?

    /// Whether the last line has come.
    var isComplete: Bool { step == "success" }

    var progress: LanguageModelPull {
        LanguageModelPull(
            step: step, completed: files.values.reduce(0) { $0 + $1.completed },
            total: files.isEmpty ? nil : files.values.reduce(0) { $0 + $1.total })
    }

    /// - Throws: what is wrong, if it is not a JSON object.
    mutating func read(_ line: ByteBuffer) throws {
        let fields = try JSONNode(object: line)
        error = OllamaErrorBody.text(of: fields["error"])
        step = fields["status"]?.string ?? step
        guard let digest = fields["digest"]?.string, let total = fields["total"]?.bytes else { return }
        // More files than any model has: a server that makes them up must not use up our memory, nor their sum the integers.
        guard files[digest] != nil || files.count < 512 else { return }
        files[digest] = (min(fields["completed"]?.bytes ?? files[digest]?.completed ?? 0, total), total)
    }
}
