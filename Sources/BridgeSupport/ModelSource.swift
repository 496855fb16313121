import Synchronization

/// Where a service gets its models from. The provider behind it knows which there are, loads them, and decides which stay in memory.
public struct ModelSource<Model: Sendable>: Sendable {
    private let named: @Sendable (_ id: String?, _ language: String?) async throws -> String
    private let leased: @Sendable (_ id: String) async throws -> ModelLease<Model>

    /// - Parameters:
    ///   - named: the id of the model that a request means, by the id and the language that it names, if it names any.
    ///   - leased: loads the model if it is not in memory.
    public init(
        named: @escaping @Sendable (_ id: String?, _ language: String?) async throws -> String,
        leased: @escaping @Sendable (_ id: String) async throws -> ModelLease<Model>
    ) {
        (self.named, self.leased) = (named, leased)
    }

    /// The id of the model that a request means.
    ///
    /// - Parameters:
    ///   - requested: nil for the model that answers requests naming none.
    ///   - language: of the voice that is meant, by its code or its name; nil for any.
    /// - Throws: `model_not_installed` when a request names no model and none can answer; `model_not_found` or `voice_not_found` for an empty
    ///   name; `invalid_request` or `voice_not_found` (param `language`) for a text that is not a language, and for a language that no
    ///   voice speaks, or that the requested voice does not speak.
    public func id(_ requested: String?, language: String? = nil) async throws -> String {
        try await named(requested, language)
    }

    /// Leases the model `id`, loading it if necessary; it stays in memory until the lease ends.
    ///
    /// A caller whose task is cancelled leaves at once. The load goes on, and its result is kept.
    ///
    /// - Throws: what loading throws, or what the last load threw if it is too early to try again; `CancellationError`.
    public func lease(_ id: String) async throws -> ModelLease<Model> { try await leased(id) }
}

/// A model that is kept in memory until this ends.
///
/// States: held → ended. It ends by ``end()``, once, or when the last reference to it goes away.
public final class ModelLease<Model: Sendable>: Sendable {
    private struct Held {
        let model: Model
        let ended: @Sendable () -> Void
    }

    private let held: Mutex<Held?>

    /// - Parameter ended: called once.
    public init(_ model: Model, ended: @escaping @Sendable () -> Void) {
        held = Mutex(Held(model: model, ended: ended))
    }

    deinit { end() }

    /// Only to be used until the lease ends.
    public var model: Model {
        held.withLock { held in
            guard let held else { preconditionFailure("The lease of this model has ended.") }
            return held.model
        }
    }

    /// Says that the model is no longer used. Does nothing the second time.
    public func end() {
        // The model is released before its owner is told, so that the owner is the last to hold it, and frees it where that delays
        // nobody.
        let ended = held.withLock { held in
            defer { held = nil }
            return held?.ended
        }
        ended?()
    }
}
