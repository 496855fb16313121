/// Elements of which each is made when it is asked for: whoever reads slowly slows its maker down, and whoever stops reading ends the
/// work.
///
/// To be read once, by one task. It ends with the first nil, or the first error.
public final class PulledSequence<Element>: AsyncSequence, AsyncIteratorProtocol {
    // Seen by the callers' modules, whose elements are made and passed on without generic code at run time.
    @usableFromInline var make: (() async throws -> Element?)?

    /// - Parameter make: the next element, or nil after the last one. It is let go of at the end, with all that it holds.
    @inlinable public init(_ make: @escaping () async throws -> Element?) { self.make = make }

    /// The next element, or nil after the last one.
    ///
    /// - Throws: what making it throws.
    @inlinable public func next() async throws -> Element? {
        guard let make else { return nil }
        var element: Element?
        defer { if element == nil { self.make = nil } }
        element = try await make()
        return element
    }

    @inlinable public func makeAsyncIterator() -> PulledSequence { self }
}
