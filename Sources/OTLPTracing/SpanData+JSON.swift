import BridgeSupport
import Tracing

/// What a collector is told of the process that sends spans: OpenTelemetry's resource.
public struct TracedService: Sendable, Hashable {
    /// In the lists of collectors.
    public var name: String
    /// Of the program.
    public var version: String
    /// Tells this process from others of the same name.
    public var instance: String

    /// A service as a collector lists it.
    public init(name: String, version: String, instance: String) {
        (self.name, self.version, self.instance) = (name, version, instance)
    }
}

extension TracedService {
    /// OTLP 1.x in JSON: ids in hexadecimal, and numbers of 64 bits as texts (opentelemetry-proto, docs/specification.md).
    func request(_ spans: [SpanData]) -> JSONValue {
        let facts: SpanAttributes = [
            "service.name": .string(name), "service.version": .string(version),
            "service.instance.id": .string(instance), "telemetry.sdk.language": "swift",
            "telemetry.sdk.name": "jarvis-bridges", "telemetry.sdk.version": .string(version),
        ]
        guard !spans.isEmpty else { return ["resourceSpans": []] }
        return [
            "resourceSpans": [
                [
                    "resource": ["attributes": facts.json],
                    "scopeSpans": [
                        [
                            "scope": ["name": "jarvis-bridges", "version": .string(version)],
                            "spans": .array(spans.map(\.json)),
                        ]
                    ],
                ]
            ]
        ]
    }
}

extension SpanData {
    /// The lowest byte is the header's, and the next two bits say whether the parent is another process's.
    private func flags(isRemote: Bool) -> JSONValue { isRemote ? 0x301 : 0x101 }

    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "traceId": .string(trace.id), "spanId": .string(trace.spanID), "name": .string(name),
            "kind": kind.json, "startTimeUnixNano": .string("\(start)"), "endTimeUnixNano": .string("\(end)"),
            "attributes": attributes.json, "flags": flags(isRemote: parent?.isRemote == true),
        ]
        if let parent { members["parentSpanId"] = .string(parent.trace.spanID) }
        if let state = trace.state { members["traceState"] = .string(state) }
        if let status { members["status"] = ["code": status == .ok ? 1 : 2] }
        if !events.isEmpty {
            members["events"] = .array(
                events.map { event in
                    [
                        "name": .string(event.name), "timeUnixNano": .string("\(event.nanosecondsSinceEpoch)"),
                        "attributes": event.attributes.json,
                    ]
                })
        }
        let places = links.compactMap { link in link.context.place.map { ($0.trace, link.attributes) } }
        if !places.isEmpty {
            members["links"] = .array(
                places.map { trace, attributes in
                    [
                        "traceId": .string(trace.id), "spanId": .string(trace.spanID), "attributes": attributes.json,
                    ]
                })
        }
        return .object(members)
    }
}

extension SpanKind {
    fileprivate var json: JSONValue {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension SpanAttributes {
    fileprivate var json: JSONValue {
        var list: [JSONValue] = []
        forEach { name, value in
            if let value = value.json { list.append(["key": .string(name), "value": value]) }
        }
        return .array(list)
    }
}

extension SpanAttribute {
    /// Longer texts are cut.
    private static let longestText = 256

    /// nil for a kind that a later version of the library may have.
    fileprivate var json: JSONValue? {
        switch self {
        case .int32(let value): Self.whole(value)
        case .int64(let value): Self.whole(value)
        case .double(let value): Self.fraction(value)
        case .bool(let value): ["boolValue": .bool(value)]
        case .string(let value): Self.text(value)
        case .stringConvertible(let value): Self.text("\(value)")
        case .int32Array(let values): Self.list(values.map(Self.whole))
        case .int64Array(let values): Self.list(values.map(Self.whole))
        case .doubleArray(let values): Self.list(values.map(Self.fraction))
        case .boolArray(let values): Self.list(values.map { ["boolValue": .bool($0)] })
        case .stringArray(let values): Self.list(values.map(Self.text))
        case .stringConvertibleArray(let values): Self.list(values.map { Self.text("\($0)") })
        default: nil
        }
    }

    private static func whole(_ value: some FixedWidthInteger) -> JSONValue { ["intValue": .string("\(value)")] }
    private static func text(_ value: String) -> JSONValue {
        ["stringValue": .string(String(value.prefix(longestText)))]
    }
    private static func list(_ values: [JSONValue]) -> JSONValue { ["arrayValue": ["values": .array(values)]] }

    private static func fraction(_ value: Double) -> JSONValue {
        guard !value.isFinite else { return ["doubleValue": .number(JSONNumber(value))] }
        return ["doubleValue": .string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")]
    }
}
