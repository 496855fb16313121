public import BridgeSupport
public import Foundation

/// A model that no catalogue lists, as a user asks for it.
public struct ModelImport: Sendable {
    /// Where its files are.
    public enum Origin: Sendable, Hashable {
        /// A folder of this machine. Its files are copied, and stay as they are.
        case folder(URL)
        /// A repository of the hub, OWNER/NAME.
        case hub(repository: String)

        /// "hub:OWNER/NAME", or the path of a folder.
        ///
        /// - Throws: `invalid_request` naming `from` for "hub:" before something else, and for an address of the web.
        public init(_ text: String) throws(ServiceError) {
            if ["http://", "https://"].contains(where: text.lowercased().hasPrefix) {
                let path = text.split(separator: "/").dropFirst(2).prefix(2).joined(separator: "/")
                let meant = (try? Self("hub:\(path)")) == nil ? "" : ", here perhaps hub:\(path)"
                throw .invalid(
                    "from",
                    "'\(text.prefix(200))' is an address; write a repository of the hub as hub:OWNER/NAME\(meant).")
            }
            guard text.hasPrefix("hub:") else {
                self = .folder(URL(filePath: text, directoryHint: .isDirectory))
                return
            }
            let repository = String(text.dropFirst(4))
            let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ SafeName.isModelID(String($0)) && $0.allSatisfy(\.isASCII) })
            else {
                throw .invalid(
                    "from",
                    "'\(text.prefix(200))' names no repository: write it as hub:OWNER/NAME, for instance hub:openai/whisper-base."
                )
            }
            self = .hub(repository: repository)
        }
    }

    /// Where its files are.
    public var origin: Origin
    /// The name that it gets here.
    public var id: String
    /// nil if its files tell what it is for.
    public var service: ModelService?
    /// nil leaves it to the format.
    public var precision: Precision?
    /// Whether it may take the place of an installed model of its name.
    public var replaces: Bool

    /// By default its files tell what it is for, and nothing is replaced.
    public init(
        from origin: Origin, as id: String, service: ModelService? = nil, precision: Precision? = nil,
        replaces: Bool = false
    ) {
        (self.origin, self.id, self.service) = (origin, id, service)
        (self.precision, self.replaces) = (precision, replaces)
    }
}

/// What a folder or a repository holds, before any of it is taken.
public struct ModelOffer: Sendable {
    /// As users know it: "hub:OWNER/NAME", or the folder's path.
    public var name: String
    /// The paths of its files.
    public var files: Set<String>
    /// What the user says that it is for; nil if its files are to tell.
    public var service: ModelService?
    /// What the user wants; nil leaves it to the format.
    public var precision: Precision?
    /// The content of one of its small files.
    public var read: @Sendable (_ path: String) async throws -> [UInt8]

    /// Looks at no file.
    public init(
        name: String, files: Set<String>, service: ModelService? = nil, precision: Precision? = nil,
        read: @escaping @Sendable (_ path: String) async throws -> [UInt8]
    ) {
        (self.name, self.files, self.service) = (name, files, service)
        (self.precision, self.read) = (precision, read)
    }
}

/// The files of an offer that make a model.
public struct ModelSelection: Sendable, Hashable {
    /// What it is for.
    public var service: ModelService
    /// By path in the offer, the path that each file gets in the model's directory.
    public var files: [String: String]
    /// Paths in the offer of the files whose content is written once more, in another form, before they are removed.
    public var converted: Set<String>

    /// Files that may lie elsewhere in the model's directory than in the offer.
    public init(service: ModelService, files: [String: String], converted: Set<String> = []) {
        (self.service, self.files, self.converted) = (service, files, converted)
    }

    /// Files that keep their paths.
    public init(service: ModelService, files: some Sequence<String>, converted: Set<String> = []) {
        self.init(
            service: service, files: Dictionary(files.map { ($0, $0) }, uniquingKeysWith: { first, _ in first }),
            converted: converted)
    }
}
