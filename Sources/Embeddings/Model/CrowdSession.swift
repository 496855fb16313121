import BridgeSupport
import Foundation
import OnnxRuntime
import Synchronization

/// The network once more, for many texts at once, of which each thread computes a part by itself.
///
/// The threads of one run wait for each other behind each of its operators: on two cores a batch of 32 short texts is done a third sooner in
/// two runs of 16, and loses less to whatever else wants a core, since a thread that has to wait keeps no other one waiting. One or two
/// texts are done sooner by all threads together.
final class CrowdSession: Sendable {
    /// Fewer texts are not worth a run.
    private static let fewest = 2
    /// The largest model, in bytes: multilingual-e5-small has 68 MB in 8 bits, and takes 19 MiB of memory more.
    private static let largest = 128 << 20

    private enum State {
        case unused, failed
        case loaded(InferenceSession)
    }

    private let runtime: OnnxRuntime
    private let path: String
    /// What the files were like when the model was loaded for the first time.
    private let stamp: [String?]
    private let state = Mutex(State.unused)
    /// Beside the state, whose lock is held while the session is loaded.
    private let hasFailed = Atomic(false)

    /// To be made before the model is loaded for the first time. nil for larger models, which would need too much memory a second time, and
    /// where there is nothing to gain, on one thread.
    init?(_ runtime: OnnxRuntime, modelAt path: String) {
        guard runtime.threads > 1, Self.bytes(of: path) <= Self.largest else { return nil }
        (self.runtime, self.path) = (runtime, path)
        stamp = Self.stamp(of: path)
    }

    /// The graph and its weights, which may be in files beside it. The engine maps those, once for all sessions, and adds what it
    /// rearranges; weights in the graph itself are copied.
    private static func files(of path: String) -> [URL] {
        let graph = URL(filePath: path)
        let folder = graph.deletingLastPathComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(graph.lastPathComponent) || $0.hasSuffix(".safetensors") }.sorted()
            .map { folder.appending(path: $0) }
    }

    private static func bytes(of path: String) -> Int {
        files(of: path).reduce(0) { $0 + (FileStamp.bytes(of: $1) ?? 0) }
    }

    private static func stamp(of path: String) -> [String?] { files(of: path).map(FileStamp.of(file:)) }

    /// Parts of a batch for a run each, in its order, or one, which is all of it. They get smaller, so that the threads end at about the same
    /// time, even if one had to give way to something else (guided self-scheduling: Polychronopoulos and Kuck, 1987).
    func parts(of texts: [[Int32]]) -> [[[Int32]]] {
        hasFailed.load(ordering: .relaxed) ? [texts] : Self.parts(of: texts, threads: runtime.threads)
    }

    static func parts(of texts: [[Int32]], threads: Int) -> [[[Int32]]] {
        guard texts.count >= 2 * fewest else { return [texts] }
        var (parts, rest) = ([[[Int32]]](), texts[...])
        while !rest.isEmpty {
            let count = max(fewest, rest.count / (2 * threads))
            parts.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return parts
    }

    /// Loaded by the first call, as most houses never need it; blocks meanwhile. nil where loading failed, or where the files were replaced
    /// after the model was loaded: all threads together can do the work as well.
    func session() -> InferenceSession? {
        state.withLock { state in
            if case .unused = state {
                state = load().map(State.loaded) ?? .failed
                if case .failed = state { hasFailed.store(true, ordering: .relaxed) }
            }
            return if case .loaded(let session) = state { session } else { nil }
        }
    }

    private func load() -> InferenceSession? {
        let options = InferenceSession.Options(memoryPattern: false, isSingleThreaded: true)
        let session = try? InferenceSession(runtime, modelAt: path, options: options)
        return Self.stamp(of: path) == stamp ? session : nil
    }
}
