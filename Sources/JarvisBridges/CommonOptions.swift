import ArgumentParser
import BridgeRuntime
import BridgeSupport
import Foundation
import Logging
import ModelStore

/// What every command takes: where the configuration comes from.
struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A configuration file; ./jarvis.yaml is read when this is left out.", valueName: "path"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Any configuration key, such as \(Keys.voice.name)=espeak-fr; may be given more than once.",
            valueName: "key=value")
    )
    var settings: [String] = []

    /// A key and its value, as `--set` takes them; nil if there is no key.
    private static func parts(_ setting: String) -> (key: String, value: String)? {
        guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else { return nil }
        return (String(setting[..<equals]), String(setting[setting.index(after: equals)...]))
    }

    func validate() throws {
        if config == "" { throw ValidationError("--config is empty: name a file, or leave it out.") }
        for setting in settings where Self.parts(setting) == nil {
            throw ValidationError(
                "--set takes key=value, with an equals sign, for instance --set \(Keys.voice.name)=espeak-fr.")
        }
    }

    /// The effective configuration, flags of a command last.
    func bridgeConfiguration(flags: [String: String] = [:]) throws -> BridgeConfiguration {
        try Self.endingInUsage { try checkedConfiguration(flags: flags) }
    }

    /// Ends the program if the configuration names an impossible model.
    ///
    /// - Parameter chosen: models that count instead of the configuration's.
    func checkModels(_ configuration: BridgeConfiguration, chosen: ChosenModels = ChosenModels()) throws {
        // The command makes a store of its own later, which reports what is wrong with it.
        let store = try BridgeServices.modelStore(configuration: configuration, logger: Self.quietLogger)
        try Self.endingInUsage {
            try ModelInventory(configuration, store, chosen: chosen.byService).checkChoices()
        }
    }

    /// Ends the program if nobody, or everybody, could use the server without that having been meant.
    func checkAccess(_ configuration: BridgeConfiguration) throws {
        try Self.endingInUsage { try configuration.checkAccess() }
    }

    /// An error in the configuration ends the program with 64, like an error on the command line.
    static func endingInUsage<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ServiceError where error.code == .invalidRequest {
            Terminal.error(error.message)
            throw ExitCode(64)
        }
    }

    /// - Throws: `invalid_request` naming the key.
    func checkedConfiguration(flags: [String: String] = [:]) throws -> BridgeConfiguration {
        var overrides: [String: String] = [:]
        for (key, value) in settings.compactMap(Self.parts) { overrides[key] = value }
        overrides.merge(flags) { _, flag in flag }
        return try BridgeConfiguration.load(
            file: config, environment: ProcessInfo.processInfo.environment, flags: overrides)
    }

    /// The services as the server would run them, without HTTP. Logs stay quiet unless something is wrong.
    func services() throws -> BridgeServices {
        let configuration = try bridgeConfiguration()
        return try Self.endingInUsage {
            try BridgeServices.make(configuration: configuration, logger: Self.quietLogger)
        }
    }

    func modelStore(_ configuration: BridgeConfiguration? = nil) throws -> ModelStore {
        let store = try BridgeServices.modelStore(
            configuration: configuration ?? bridgeConfiguration(), logger: Self.quietLogger)
        if let problem = store.voiceListProblem { Terminal.warning(problem) }
        return store
    }

    static let quietLogger = {
        var logger = Logger(label: "jarvis-bridges") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }()
}

extension BridgeServices {
    /// Tells on standard error if another model than the configured one answers.
    func warnOfStandIn(_ service: ModelService) async {
        if let note = await models.snapshot().inventory.defaults[service]?.note { Terminal.remark(note) }
    }
}
