import ArgumentParser
import BridgeRuntime
import Foundation
import ModelStore

/// What shells offer for a word.
enum Completions {
    /// Models that can be fetched.
    static let fetchable = models { _, store in store.catalogue.models.filter { !$0.isBuiltIn }.map(\.id) }
    /// Models that are on the disk and can be deleted.
    static let removable = models { _, store in
        try store.installed().map(\.id).filter { store.catalogue[$0]?.isBuiltIn != true }
    }
    static let verifiable = models { try $1.verifiable() }

    /// Models of one service that are on the disk or part of the program: the espeak-ng voices have no files.
    static func installed(_ service: ModelService) -> CompletionKind {
        models { try ModelInventory($0, $1).models(of: service) }
    }

    /// Names of the keys in the file.
    static let keys = CompletionKind.custom { _, _, _ in
        guard let list = try? BridgeConfiguration.load().keyFile.read() else { return [] }
        return list.entries.map(\.name)
    }

    /// Completion in a shell is not the place for errors: it then offers nothing.
    private static func models(
        _ ids: @escaping @Sendable (BridgeConfiguration, ModelStore) throws -> [String]
    ) -> CompletionKind {
        .custom { _, _, _ in
            guard let configuration = try? BridgeConfiguration.load(),
                let store = try? BridgeServices.modelStore(
                    configuration: configuration, logger: CommonOptions.quietLogger)
            else { return [] }
            return (try? ids(configuration, store)) ?? []
        }
    }

    /// A script for fish that completes `./jarvis` by the rules for `jarvis`, as other shells do by themselves; other texts
    /// unchanged.
    static func forPaths(_ script: String) -> String {
        script.replacing(/set -l unparsed_tokens \(\w+ -pc\)/) { match in
            "\(match.output)\n    set unparsed_tokens[1] (string replace -r '.*/' '' -- $unparsed_tokens[1])"
        }
    }
}
