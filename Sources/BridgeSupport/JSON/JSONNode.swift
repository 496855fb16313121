/// One value of a ``JSONDocument``, which it keeps alive.
public struct JSONNode: Sendable {
    let document: JSONDocument
    let index: Int

    init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    /// - Throws: the first error in the text.
    public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONSyntaxError) {
        self = try JSONDocument(parsing: bytes, limits: limits).root
    }

    private var entry: JSONTapeEntry { document.tape[index] }

    /// The last member `key` of an object; nil if there is none, if it is null, or if this is not an object.
    public subscript(key: String) -> JSONNode? {
        var key = key
        return key.withUTF8 { member($0) }
    }

    /// The same for a key that is known when the program is built, which takes less time.
    public func member(_ key: StaticString) -> JSONNode? {
        member(UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
    }

    private func member(_ key: UnsafeBufferPointer<UInt8>) -> JSONNode? {
        guard index > 0 || document.keys.mayHold(key), entry.kind == .object,
            let place = document.lastValue(of: key, in: index)
        else { return nil }
        return document.tape[place].kind == .null ? nil : JSONNode(document: document, index: place)
    }

    /// Whether this is `null`.
    public var isNull: Bool { entry.kind == .null }

    /// A text, made anew at each call; nil for anything else.
    public var string: String? {
        entry.kind == .text || entry.kind == .escapedText ? document.text(entry) : nil
    }

    /// nil for anything but `true` and `false`.
    public var bool: Bool? {
        switch entry.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The number as it was written, whole up to 64 bits; nil for anything but a number.
    public var number: JSONNumber? {
        guard entry.kind == .integer || entry.kind == .decimal else { return nil }
        return document.bytes.withUnsafeBufferPointer { JSONNumber(UnsafeBufferPointer(rebasing: $0[entry.range])) }
    }

    /// The nearest number of 64 bits; nil for anything but a number.
    public var double: Double? { number?.double }
    /// A whole number that fits; nil for fractions.
    public var integer: Int? { number?.integer }

    /// The elements of an array; nil for anything else.
    public var array: JSONElements? {
        entry.kind == .array ? JSONElements(document: document, places: (index + 1)..<entry.end) : nil
    }

    /// The members of an object in the order of the text; nil for anything else.
    public var object: JSONMembers? {
        entry.kind == .object ? JSONMembers(document: document, places: (index + 1)..<entry.end) : nil
    }

    /// Where a text stands between its quotes in the parsed bytes, and whether it has escapes; nil for anything else.
    package var placeOfText: (range: Range<Int>, hasEscapes: Bool)? {
        switch entry.kind {
        case .text: (entry.range, false)
        case .escapedText: (entry.range, true)
        default: nil
        }
    }
}

extension JSONDocument {
    /// Where on the tape the value of the last member with this key stands, of the object at `index`.
    fileprivate func lastValue(of key: UnsafeBufferPointer<UInt8>, in index: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            tape.withUnsafeBufferPointer { tape in
                var (place, found) = (index + 1, Int?.none)
                let end = tape[index].end
                while place < end {
                    let entry = tape[place]
                    if entry.kind == .text {
                        let start = Int(entry.start)
                        if Int(entry.extent) == key.count, key.indices.allSatisfy({ key[$0] == bytes[start + $0] }) {
                            found = place + 1
                        }
                    } else if key.elementsEqual(text(entry).utf8) {
                        found = place + 1
                    }
                    let value = tape[place + 1]
                    place = value.isContainer ? value.end : place + 2
                }
                return found
            }
        }
    }
}

/// The elements of an array. Moving to the next one takes constant time whatever they hold; counting them takes as long as iterating
/// over all of them.
public struct JSONElements: Collection, Sendable {
    /// A place in the document; valid for its own array or object only.
    public struct Index: Comparable, Sendable {
        fileprivate var place: Int
        /// In the order of the text.
        public static func < (one: Index, other: Index) -> Bool { one.place < other.place }
    }

    fileprivate let document: JSONDocument
    fileprivate let places: Range<Int>

    fileprivate init(document: JSONDocument, places: Range<Int>) {
        self.document = document
        self.places = places
    }

    public var startIndex: Index { Index(place: places.lowerBound) }
    public var endIndex: Index { Index(place: places.upperBound) }
    /// The place behind a whole element, whatever it holds, in constant time.
    public func index(after index: Index) -> Index { Index(place: document.next(after: index.place)) }
    /// The element, as a place in the document: nothing is copied.
    public subscript(index: Index) -> JSONNode { JSONNode(document: document, index: index.place) }
}

/// The members of an object, like ``JSONElements``. Equal keys may occur more than once.
public struct JSONMembers: Collection, Sendable {
    /// Members and elements are found in the same way.
    public typealias Index = JSONElements.Index

    fileprivate let document: JSONDocument
    fileprivate let places: Range<Int>

    fileprivate init(document: JSONDocument, places: Range<Int>) {
        self.document = document
        self.places = places
    }

    public var startIndex: Index { Index(place: places.lowerBound) }
    public var endIndex: Index { Index(place: places.upperBound) }
    /// The place behind a key and its whole value, in constant time.
    public func index(after index: Index) -> Index { Index(place: document.next(after: index.place + 1)) }
    /// A member: the key is made as a text, the value is a place in the document.
    public subscript(index: Index) -> (key: String, value: JSONNode) {
        (document.text(document.tape[index.place]), JSONNode(document: document, index: index.place + 1))
    }
}
