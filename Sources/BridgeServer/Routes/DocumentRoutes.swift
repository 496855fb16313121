import BridgeRuntime
import BridgeSupport
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat
import Yams

/// The contract as this server fulfils it.
struct DocumentRoutes {
    private let yaml: Data
    private let json: Data

    /// - Throws: `internal` when the document is missing from the program's resources.
    init() throws {
        guard let url = Bundle.module.url(forResource: "openapi", withExtension: "yaml", subdirectory: "Resources"),
            let data = try? Data(contentsOf: url)
        else {
            throw ServiceError(
                .internal, "openapi.yaml is missing beside the program; build it again with './jarvis build'.")
        }
        yaml = data
        json = try Wire.encode(Yams.compose(yaml: String(decoding: data, as: UTF8.self)).map(JSONValue.init))
    }

    func add(to routes: inout RouteTable) {
        for (path, type, data) in [("yaml", "application/yaml", yaml), ("json", "application/json", json)] {
            let body = ByteBuffer(data: data)
            routes.add(.get, "/openapi.\(path)", policy: RoutePolicy(group: .documents)) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "\(type); charset=utf-8"], body: .init(byteBuffer: body))
            }
        }
    }
}
