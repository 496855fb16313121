import Foundation
import OnnxRuntime
import Testing

@Suite(.timeLimit(.minutes(5))) struct TensorTests {
    @Test func givesBackWhatItWasMadeOf() throws {
        let tensor = try Fixture.tensor([1, 2, 3, 4, 5, 6] as [Float], [2, 3])
        #expect(tensor.shape == [2, 3])
        #expect(tensor.count == 6)
        #expect(tensor.elementType == .float32)
        #expect(try tensor.values(as: Float.self) == [1, 2, 3, 4, 5, 6])
    }

    @Test func holdsEachElementType() throws {
        #expect(try Fixture.tensor([-1, .max] as [Int64]).values(as: Int64.self) == [-1, .max])
        #expect(try Fixture.tensor([-1, .max] as [Int32]).values(as: Int32.self) == [-1, .max])
        #expect(try Fixture.tensor([-1, .max] as [Int8]).values(as: Int8.self) == [-1, .max])
        #expect(try Fixture.tensor([0, .max] as [UInt8]).values(as: UInt8.self) == [0, .max])
        #expect(try Fixture.tensor([true, false]).values(as: Bool.self) == [true, false])
        #expect(try Fixture.tensor([0.1, .infinity] as [Double]).values(as: Double.self) == [0.1, .infinity])
        #expect(try Fixture.tensor([0.5, -2] as [Float16]).values(as: Float16.self) == [0.5, -2])
    }

    @Test func readsAnyFloatingPointTypeAsFloat() throws {
        #expect(try Fixture.tensor([0.5, -2] as [Float16]).floats() == [0.5, -2])
        #expect(try Fixture.tensor([0.5, -2] as [Double]).floats() == [0.5, -2])
        #expect(try Fixture.tensor([0.5, -2] as [Float]).floats() == [0.5, -2])
    }

    @Test func isFilledInPlaceFromZeros() throws {
        _ = try Fixture.engine()
        let tensor = try Tensor(shape: [2, 2], of: Int32.self) { buffer in
            #expect(buffer.allSatisfy { $0 == 0 })
            buffer[3] = 7
        }
        #expect(try tensor.values(as: Int32.self) == [0, 0, 0, 7])
    }

    @Test func passesOnTheErrorOfItsFill() throws {
        _ = try Fixture.engine()
        #expect(throws: CancellationError.self) {
            try Tensor(shape: [4], of: Float.self) { _ in throw CancellationError() }
        }
    }

    @Test func mayBeAScalarOrEmpty() throws {
        let scalar = try Fixture.tensor([3] as [Int64], [])
        #expect(scalar.shape == [])
        #expect(try scalar.values(as: Int64.self) == [3])
        let empty = try Fixture.tensor([] as [Float], [0, 5])
        #expect(empty.count == 0)
        #expect(try empty.values(as: Float.self) == [])
    }

    @Test(arguments: [[4], [-1, -3], [3, 0], [.max, 2], [.max, .max, .max], [1 << 62]])
    func refusesAShapeThatDoesNotHoldItsValues(shape: [Int]) throws {
        let error = try #require(throws: OnnxRuntimeError.self) { try Fixture.tensor([1, 2, 3] as [Float], shape) }
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains("\(shape)"))
    }

    @Test func refusesMoreMemoryThanThereIs() throws {
        _ = try Fixture.engine()
        #expect(throws: OnnxRuntimeError.self) { try Tensor(shape: [1 << 50], of: Float.self) { _ in } }
        #expect(throws: OnnxRuntimeError.self) { try Tensor(shape: [1 << 31, 1 << 31], of: Float.self) { _ in } }
    }

    @Test func refusesToBeReadAsAnotherType() throws {
        let tensor = try Fixture.tensor([1] as [Int64])
        let error = try #require(throws: OnnxRuntimeError.self) { try tensor.values(as: Float.self) }
        #expect(error.description == "ONNX Runtime could not read a tensor: it holds int64, not float32")
        #expect(throws: OnnxRuntimeError.self) { try tensor.floats() }
    }
}
