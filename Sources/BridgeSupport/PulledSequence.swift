/// Elements that are made when they are asked for: a slow reader slows the maker down, and a reader that stops ends the work.
///
/// To be read once, by one task. It ends at the first nil, or at the first error.
public final class PulledSequence<Element>: AsyncSequence, AsyncIteratorProtocol {
    // Inlinable, so that callers' modules make and pass on elements without generic code at run time.
    @usableFromInline var make: (nonisolated(nonsending) () async throws -> Element?)?
    @usableFromInline let isAtHand: () -> Bool
    @usableFromInline var look: ((inout Element) -> Void)?

    /// - Parameters:
    ///   - isAtHand: whether the next element, or the end, can be had without waiting.
    ///   - make: the next element, or nil after the last one. It runs where its reader runs, so that asking costs no change of
    ///     executor, and is released at the end, with everything that it holds.
    @inlinable public init(
        isAtHand: @escaping () -> Bool = { false },
        _ make: nonisolated(nonsending) @escaping () async throws -> Element?
    ) {
        self.isAtHand = isAtHand
        self.make = make
    }

    /// Whether the next element can be had without waiting, so that it may go out together with this one.
    @inlinable public var hasMore: Bool { make != nil && isAtHand() }

    /// The next element, or nil after the last one.
    ///
    /// - Throws: what making it throws.
    @inlinable public nonisolated(nonsending) func next() async throws -> Element? {
        guard let make else { return nil }
        var element: Element?
        defer { if element == nil { (self.make, look) = (nil, nil) } }
        element = try await make()
        if var made = element, let look {
            look(&made)
            element = made
        }
        return element
    }

    /// Lets `body` see and change each element before its reader gets it. A sequence around this one could do so too, at the cost of another
    /// change of executor for each element.
    ///
    /// - Returns: the sequence itself.
    @inlinable public func onEach(_ body: @escaping (inout Element) -> Void) -> PulledSequence {
        if let first = look {
            look = { element in
                first(&element)
                body(&element)
            }
        } else {
            look = body
        }
        return self
    }

    /// The same; loops call this one.
    ///
    /// - Throws: what making it throws.
    @inlinable public func next(isolation actor: isolated (any Actor)?) async throws -> Element? { try await next() }

    /// The sequence itself, as it is read once.
    @inlinable public func makeAsyncIterator() -> PulledSequence { self }
}
