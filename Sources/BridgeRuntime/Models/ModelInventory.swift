public import BridgeSupport
public import ModelStore
import SpeechToText

/// What is on the disk, and which models answer requests that name none. A value: its holder needs to read nothing any more.
public struct ModelInventory: Sendable {
    /// The model that answers requests of one service that name none.
    public struct Default: Sendable, Hashable {
        /// The preferred model if it is installed; otherwise, unless the user chose it, another installed model or a fallback; otherwise nil.
        public var id: String?
        /// One sentence on what to do if there is no model.
        public var missing: String
        /// What a user should know if a model other than the configured one answers; nil otherwise.
        public var note: String?
        /// Whether that model can do less than this house needs, as the note says: the service is degraded.
        public var fallsShort: Bool

        /// Without an id nothing answers, and `missing` says what to do.
        public init(
            id: String?, missing: String = "No model is installed.", note: String? = nil, fallsShort: Bool = false
        ) {
            (self.id, self.missing) = (id, missing)
            (self.note, self.fallsShort) = (note, fallsShort)
        }
    }

    /// The services that answer with models of their own, in the order in which they are checked.
    public static let services = [ModelService.stt, .tts, .embeddings]

    /// The models that answer requests that name none.
    public var defaults: [ModelService: Default]
    /// Which model is to answer for each service, by the newest of its names.
    public private(set) var choices: [ModelService: ModelChoice] = [:]
    /// The models of a service that can answer, by id: models whose files are all here, and models that are part of the program.
    fileprivate var present: [ModelService: [String]] = [:]
    /// What is wrong with the configured models of enabled services.
    fileprivate var refusals: [ModelService: ServiceError] = [:]
    /// Why the models' folder could not be read.
    fileprivate var problem: ServiceError?
    /// The voices that can answer, for requests that name a language.
    package var voices = InstalledVoices()
    /// What a user of speech-to-text should know about a missing part.
    var missingPart: String?
    /// The ids of models by their older names, unless a model is installed under such a name.
    fileprivate var aliases: [String: String] = [:]

    /// An inventory that was not read from a disk.
    public init(defaults: [ModelService: Default]) { self.defaults = defaults }

    /// The models of `service` that can answer, by id.
    ///
    /// - Throws: `ServiceError` when the models' folder cannot be read.
    public func models(of service: ModelService) throws(ServiceError) -> [String] {
        if let problem { throw problem }
        return present[service] ?? []
    }

    /// The id of a model that may be asked for by an older name.
    func id(of name: String) -> String { aliases[name] ?? name }

    /// Checks the chosen model of an enabled service.
    ///
    /// - Throws: `invalid_request` for a chosen model that is neither known nor installed, or that is of another service.
    public func checkChoice(for service: ModelService) throws(ServiceError) {
        if let refusal = refusals[service] { throw refusal }
    }

    /// Checks the models of the configuration, where no other one was chosen at run time: of such a one that is gone, `/health` tells, as it
    /// must not keep the server from starting.
    ///
    /// - Throws: what ``checkChoice(for:)`` throws.
    public func checkChoices() throws(ServiceError) {
        for service in Self.services where choices[service]?.wasMadeAtRunTime != true {
            try checkChoice(for: service)
        }
    }

    /// What a user should know if there is no model to tell speech from noise.
    public static var withoutVoiceActivity: String {
        let id = VoiceActivityDetector.modelID
        return
            "\(id) is not installed, so noise may be taken for speech; '\(CommandName.current) models pull \(id)' fetches it, for speech models that are loaded from then on."
    }
}

extension ModelInventory {
    /// Reads the disk; blocks meanwhile.
    ///
    /// - Parameter chosen: models chosen at run time, which take precedence over the configuration's.
    public init(_ configuration: BridgeConfiguration, _ store: ModelStore, chosen: [ModelService: String] = [:]) {
        let reader = Reader(configuration: configuration, store: store, chosen: chosen)
        self.init(defaults: Dictionary(uniqueKeysWithValues: Self.services.map { ($0, reader.default(for: $0)) }))
        choices = reader.choices
        present = Dictionary(uniqueKeysWithValues: Self.services.map { ($0, reader.present($0)) })
        for service in Self.services where configuration.isEnabled(service.bridge) {
            refusals[service] = reader.refusal(for: service)
        }
        voices = InstalledVoices(
            reader.installed.filter { reader.services[$0] == .tts }, default: defaults[.tts]?.id,
            catalogue: reader.catalogue)
        aliases = reader.aliases
        problem = reader.problem
        if problem == nil, reader.services[VoiceActivityDetector.modelID] == nil {
            missingPart = Self.withoutVoiceActivity
        }
    }

    /// Applies the configuration to what was found.
    private struct Reader {
        let choices: [ModelService: ModelChoice]
        let catalogue: Catalogue
        /// The installed models, in order, and the service of each.
        let installed: [String]
        let services: [String: ModelService]
        let aliases: [String: String]
        let problem: ServiceError?
        /// The codes of the languages that are spoken here; nil for all.
        let houseLanguages: [String]?

        init(configuration: BridgeConfiguration, store: ModelStore, chosen: [ModelService: String]) {
            catalogue = store.catalogue
            houseLanguages = configuration.speaksAllLanguages ? nil : configuration.houseLanguages
            var choices: [ModelService: ModelChoice] = [:]
            var (models, problem) = ([InstalledModel](), ServiceError?.none)
            do {
                models = try store.installed()
            } catch {
                problem = error as? ServiceError ?? ServiceError(.internal, "The models cannot be read.", cause: error)
                // Models that are part of the program are available all the same.
                let builtIn = catalogue.models.filter { $0.isBuiltIn }
                models = builtIn.compactMap { try? store.installedModel($0.id) }
            }
            self.problem = problem
            installed = models.map(\.id)
            let services = Dictionary(models.map { ($0.id, $0.service) }, uniquingKeysWith: { first, _ in first })
            self.services = services
            let aliases = Dictionary(
                catalogue.models.flatMap { model in model.aliases.map { ($0, model.id) } }.filter {
                    services[$0.0] == nil
                },
                uniquingKeysWith: { first, _ in first })
            self.aliases = aliases
            for service in ModelInventory.services {
                var choice = ModelChoice(configuration, for: service, chosen: chosen[service])
                if let id = choice.flatMap({ aliases[$0.preferred] }) { choice?.preferred = id }
                choices[service] = choice
            }
            self.choices = choices
        }

        func present(_ service: ModelService) -> [String] {
            // Voices that are part of the program have no files; other models have files.
            let builtIn = catalogue.models.filter { service == .tts && $0.service == .tts && $0.isBuiltIn }
                .map(\.id)
            return Set(builtIn + installed.filter { services[$0] == service }).sorted()
        }

        func `default`(for service: ModelService) -> Default {
            let id = answering(service)
            // Everybody may read this; the folder's path is only for users who may run doctor.
            let unread = problem.map { _ in
                "The models' folder cannot be read, so that nothing in it is found. Check its owner and permissions; '\(CommandName.current) doctor' says where it is."
            }
            let (note, fallsShort) = id.flatMap { standIn($0, for: service) } ?? (nil, false)
            return Default(
                id: id, missing: unread ?? missing(service), note: unread ?? note,
                fallsShort: unread != nil || fallsShort)
        }

        private func answering(_ service: ModelService) -> String? {
            let present = Set(present(service))
            guard let choice = choices[service] else { return nil }
            if present.contains(choice.preferred) { return choice.preferred }
            guard !choice.isFirm else { return nil }
            // A fallback that does what the house needs goes before whatever else is installed: a model that is only tried out must not
            // change the vectors of a house, which can be compared with those of their own model only.
            if let good = choice.fallbacks.first(where: {
                present.contains($0) && shortcoming(of: $0, for: service) == nil
            }
            ) {
                return good
            }
            let others = installed.filter { services[$0] == service && !choice.fallbacks.contains($0) }
            let listed = others.filter { catalogue[$0] != nil }
            // A voice of another language is not a good stand-in if the fallback speaks the right one.
            let language = catalogue[choice.preferred]?.languages.first
            let fitting =
                (service == .tts ? listed.filter { catalogue[$0]?.languages.first == language } : listed + others)
            return fitting.first ?? choice.fallbacks.first(where: present.contains) ?? others.first
        }

        private func missing(_ service: ModelService) -> String {
            let id = choices[service]?.preferred ?? ""
            if choices[service]?.wasMadeAtRunTime == true {
                return
                    "\(id), which was chosen as the default model while the server ran, is not installed any more: '\(CommandName.current) models pull \(id)' fetches it if the catalogue has it, and PUT /api/models/defaults chooses another."
            }
            return choices[service]?.isFirm == true
                ? "\(id), the configured model, is not installed: '\(CommandName.current) models pull \(id)' fetches it."
                : "No model is installed: '\(CommandName.current) models pull --defaults' fetches one."
        }

        /// What a user should know of a model that answers instead of the preferred one; nil if it is that one.
        private func standIn(_ model: String, for service: ModelService) -> (note: String, fallsShort: Bool)? {
            guard let preferred = choices[service]?.preferred, model != preferred else { return nil }
            let shortcoming = shortcoming(of: model, for: service)
            let note =
                "\(model) stands in for \(preferred), which is not installed. \(shortcoming.map { "\($0) " } ?? "")"
            return (
                note + "'\(CommandName.current) models pull \(preferred)' fetches \(preferred).", shortcoming != nil
            )
        }

        /// What a model cannot do that matters here, as a sentence; nil if there is nothing.
        private func shortcoming(of id: String, for service: ModelService) -> String? {
            guard let model = catalogue[id] else { return nil }
            if let limits = model.limits { return limits }
            guard service != .tts, model.languages != ["multilingual"] else { return nil }
            let others = houseLanguages?.filter { !model.languages.contains($0) } ?? ["the other languages"]
            return others.isEmpty
                ? nil
                : "It knows \(model.languages.joined(separator: ", ")) only, and not \(others.joined(separator: ", ")), which this house speaks (\(Keys.spokenLanguages.name))."
        }

        func refusal(for service: ModelService) -> ServiceError? {
            guard let choice = choices[service], choice.isFirm else { return nil }
            let id = choice.preferred
            let known = catalogue[id]?.service ?? services[id]
            guard known != service else { return nil }
            let key = Keys.model(of: service)?.name ?? ""
            return ServiceError.invalid(
                key,
                "\(key) cannot be \"\(id)\": \(known.map { "that is a model for \($0.rawValue)" } ?? "nothing in the catalogue is called so, and it is not installed"). '\(CommandName.current) models list --service \(service.rawValue)' shows which there are."
            )
        }
    }
}
