package import Foundation
import SwiftProtobuf

/// Builds an ONNX graph, node by node. Values are referred to by their names.
package struct OnnxGraphBuilder {
    private var graph = Onnx_GraphProto()
    private var nodeCount = 0
    /// The file, beside the model, that contains the data of `external` tensors.
    private let dataFile: String

    /// - Parameter dataFile: contains the data of ``external(_:_:)`` tensors, in the folder of the model.
    package init(name: String, dataFile: String) {
        graph.name = name
        self.dataFile = dataFile
    }

    package enum Attribute {
        case int(Int64)
        case float(Float)
        case ints([Int64])
    }

    /// Adds a node with one output and returns the output's name.
    package mutating func node(
        _ type: String, _ inputs: [String], attributes: KeyValuePairs<String, Attribute> = [:],
        output: String? = nil
    ) -> String {
        nodeCount += 1
        var node = Onnx_NodeProto()
        node.opType = type
        node.name = "\(type)_\(nodeCount)"
        node.input = inputs
        node.output = [output ?? node.name + "_out"]
        node.attribute = attributes.map(Self.attribute)
        graph.node.append(node)
        return node.output[0]
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
        }
        return attribute
    }

    /// A constant; a shape of [] makes a true scalar, which Range and Gather insist on.
    package mutating func constant(_ name: String, _ values: [Int64], shape: [Int64]) -> String {
        var tensor = tensor(name, .int64, shape: shape)
        tensor.rawData = Data(values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } })
        graph.initializer.append(tensor)
        return name
    }

    /// A scalar constant.
    package mutating func constant(_ name: String, _ value: Float) -> String {
        var tensor = tensor(name, .float, shape: [])
        tensor.rawData = Data((0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) })
        graph.initializer.append(tensor)
        return name
    }

    /// A float32 tensor whose data stays in its file.
    package mutating func external(_ name: String, _ source: SafetensorsFile.Tensor) -> String {
        var tensor = tensor(name, .float, shape: source.shape.map(Int64.init))
        tensor.dataLocation = .external
        tensor.externalData = [
            entry("location", dataFile), entry("offset", "\(source.offset)"), entry("length", "\(source.byteCount)"),
        ]
        graph.initializer.append(tensor)
        return name
    }

    private func tensor(_ name: String, _ type: Onnx_TensorProto.DataType, shape: [Int64]) -> Onnx_TensorProto {
        var tensor = Onnx_TensorProto()
        tensor.name = name
        tensor.dataType = Int32(type.rawValue)
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

    /// Declares an int64 input.
    package mutating func input(_ name: String, _ dimensions: [Dimension]) {
        graph.input.append(valueInfo(name, .int64, dimensions: dimensions))
    }

    /// Declares a float32 output.
    package mutating func output(_ name: String, _ dimensions: [Dimension]) {
        graph.output.append(valueInfo(name, .float, dimensions: dimensions))
    }

    private func valueInfo(
        _ name: String, _ type: Onnx_TensorProto.DataType, dimensions: [Dimension]
    ) -> Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        info.type.tensorType.elemType = Int32(type.rawValue)
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

    /// The finished model as the bytes of a file, for operator set 20, the first with Gelu.
    package func model(producer: String, version: String) throws -> Data {
        var model = Onnx_ModelProto()
        model.irVersion = 9
        model.producerName = producer
        model.producerVersion = version
        var operators = Onnx_OperatorSetIdProto()
        operators.domain = ""
        operators.version = 20
        model.opsetImport = [operators]
        model.graph = graph
        return try model.serializedBytes()
    }
}
