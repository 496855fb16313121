package import Foundation
import SwiftProtobuf

/// Builds an ONNX graph, node by node. Values are referred to by their names.
package struct OnnxGraphBuilder {
    private var graph = Onnx_GraphProto()
    private var nodeCount = 0
    /// The file, beside the model, that contains the data of `external` tensors.
    private let dataFile: String

    /// - Parameter dataFile: contains the data of ``external(_:_:in:)`` tensors, in the folder of the model.
    package init(name: String, dataFile: String) {
        graph.name = name
        self.dataFile = dataFile
    }

    /// Who defines an operator.
    package enum Domain: String {
        /// ONNX itself.
        case onnx = ""
        /// ONNX Runtime: operators that several of ONNX's are fused into.
        case engine = "com.microsoft"
    }

    package enum Attribute {
        case int(Int64)
        case float(Float)
        case ints([Int64])
        case string(String)
        /// The type that `Cast` makes.
        case type(GraphElementType)
        /// A branch of `If`: it has no inputs, and sees the values of the graph around it.
        case graph(OnnxGraphBuilder)
    }

    /// Adds a node with one output and returns the output's name.
    package mutating func node(
        _ type: String, _ inputs: [String], domain: Domain = .onnx, attributes: KeyValuePairs<String, Attribute> = [:],
        output: String? = nil
    ) -> String {
        let name = nextName(type)
        let output = output ?? name + "_out"
        add(type, name: name, inputs, domain: domain, attributes: attributes, outputs: [output])
        return output
    }

    /// Adds a node with several outputs, which get these names.
    package mutating func node(
        _ type: String, _ inputs: [String], domain: Domain = .onnx, attributes: KeyValuePairs<String, Attribute> = [:],
        outputs: [String]
    ) {
        add(type, name: nextName(type), inputs, domain: domain, attributes: attributes, outputs: outputs)
    }

    private mutating func nextName(_ type: String) -> String {
        nodeCount += 1
        return "\(graph.name)_\(type)_\(nodeCount)"
    }

    private mutating func add(
        _ type: String, name: String, _ inputs: [String], domain: Domain, attributes: KeyValuePairs<String, Attribute>,
        outputs: [String]
    ) {
        var node = Onnx_NodeProto()
        node.opType = type
        node.name = name
        node.input = inputs
        node.output = outputs
        if domain != .onnx { node.domain = domain.rawValue }
        node.attribute = attributes.map(Self.attribute)
        graph.node.append(node)
    }

    private static func attribute(_ name: String, _ value: Attribute) -> Onnx_AttributeProto {
        var attribute = Onnx_AttributeProto()
        attribute.name = name
        switch value {
        case .int(let value):
            attribute.type = .int
            attribute.i = value
        case .float(let value):
            attribute.type = .float
            attribute.f = value
        case .ints(let values):
            attribute.type = .ints
            attribute.ints = values
        case .string(let value):
            attribute.type = .string
            attribute.s = Data(value.utf8)
        case .type(let type):
            attribute.type = .int
            attribute.i = Int64(type.number.rawValue)
        case .graph(let builder):
            attribute.type = .graph
            attribute.g = builder.graph
        }
        return attribute
    }

    /// A constant; a shape of [] makes a true scalar, which Range and Gather insist on.
    package mutating func constant(_ name: String, _ values: [Int64], shape: [Int64]) -> String {
        constant(name, .int64, shape: shape, bytes: littleEndian(values))
    }

    /// A scalar constant.
    package mutating func constant(_ name: String, _ value: Float) -> String {
        constant(name, floats: [value], shape: [])
    }

    /// A constant of 32-bit floating-point numbers.
    package mutating func constant(_ name: String, floats values: [Float], shape: [Int64]) -> String {
        constant(name, .float32, shape: shape, bytes: littleEndian(values.map(\.bitPattern)))
    }

    /// A constant of 8-bit integers with a sign.
    package mutating func constant(_ name: String, int8 values: [Int8], shape: [Int64]) -> String {
        constant(name, .int8, shape: shape, bytes: littleEndian(values))
    }

    /// Layers share constants: the first of a name stays.
    private mutating func constant(_ name: String, _ type: GraphElementType, shape: [Int64], bytes: Data) -> String {
        guard !graph.initializer.contains(where: { $0.name == name }) else { return name }
        var tensor = tensor(name, type, shape: shape)
        tensor.rawData = bytes
        graph.initializer.append(tensor)
        return name
    }

    private func littleEndian<Value: FixedWidthInteger>(_ values: [Value]) -> Data {
        Data(values.flatMap { value in (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } })
    }

    /// A tensor whose data stays in its file.
    ///
    /// - Parameter file: in the folder of the model; nil for the data file of the graph.
    package mutating func external(_ name: String, _ source: ExternalTensor, in file: String? = nil) -> String {
        var tensor = tensor(name, source.type, shape: source.shape.map(Int64.init))
        tensor.dataLocation = .external
        tensor.externalData = [
            entry("location", file ?? dataFile), entry("offset", "\(source.offset)"),
            entry("length", "\(source.byteCount)"),
        ]
        graph.initializer.append(tensor)
        return name
    }

    private func tensor(_ name: String, _ type: GraphElementType, shape: [Int64]) -> Onnx_TensorProto {
        var tensor = Onnx_TensorProto()
        tensor.name = name
        tensor.dataType = Int32(type.number.rawValue)
        tensor.dims = shape
        return tensor
    }

    private func entry(_ key: String, _ value: String) -> Onnx_StringStringEntryProto {
        var entry = Onnx_StringStringEntryProto()
        entry.key = key
        entry.value = value
        return entry
    }

    /// The length of an axis: known, or known by name only.
    package enum Dimension {
        case fixed(Int)
        case named(String)
    }

    /// Declares an input.
    package mutating func input(_ name: String, _ type: GraphElementType, dimensions: [Dimension]) {
        graph.input.append(valueInfo(name, type, dimensions: dimensions))
    }

    /// Declares an output.
    package mutating func output(_ name: String, _ dimensions: [Dimension], type: GraphElementType = .float32) {
        graph.output.append(valueInfo(name, type, dimensions: dimensions))
    }

    private func valueInfo(
        _ name: String, _ type: GraphElementType, dimensions: [Dimension]
    ) -> Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        info.type.tensorType.elemType = Int32(type.number.rawValue)
        info.type.tensorType.shape.dim = dimensions.map { dimension in
            .with {
                switch dimension {
                case .fixed(let length): $0.dimValue = Int64(length)
                case .named(let name): $0.dimParam = name
                }
            }
        }
        return info
    }

    /// The finished model as the bytes of a file, for operator set 20, the first with Gelu, and the engine's own operators.
    ///
    /// - Parameter metadata: what readers of the model need to know beside its graph.
    package func model(
        producer: String, version: String, metadata: KeyValuePairs<String, String> = [:]
    ) throws -> Data {
        var model = Onnx_ModelProto()
        model.irVersion = 9
        model.producerName = producer
        model.producerVersion = version
        model.opsetImport = [(Domain.onnx, Int64(20)), (.engine, 1)].map { domain, version in
            .with {
                $0.domain = domain.rawValue
                $0.version = version
            }
        }
        model.metadataProps = metadata.map(entry)
        model.graph = graph
        return try model.serializedBytes()
    }
}
