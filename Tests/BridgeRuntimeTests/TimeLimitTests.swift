import Foundation
import Testing

/// How long a test may take, read from the sources of the tests: one that waits for ever would keep the others from being told of.
@Suite(.timeLimit(.minutes(5))) struct TimeLimitTests {
    @Test func everySuiteLimitsTheTimeOfItsTests() throws {
        // An extension in a file of its own has tests of a suite in another file of the same target.
        let targets = Dictionary(grouping: try SourceFiles.all(in: "Tests")) { $0.path.prefix { $0 != "/" } }
        var suites = 0
        for files in targets.values {
            let (names, unlimited) = Self.suites(in: files)
            suites += names.count
            for place in unlimited { Issue.record("Tests/\(place): tests need a @Suite with .timeLimit(…).") }
        }
        #expect(suites > 200)
    }

    @Test(
        arguments: [
            ("@Suite(.timeLimit(.minutes(1))) struct A {\n    @Test func a() {}\n}", []),
            (
                "@Suite(\n    .serialized,\n    .timeLimit(.minutes(1))\n)\nfinal class A {\n    @Test func a() {}\n}",
                []
            ),
            ("import Testing\n\n@Suite struct A {\n    @Test func a() {}\n}", [3]),
            ("@Suite(.serialized)\nstruct A { let limit = \".timeLimit(\" }", [1]),
            ("struct A {\n    @Test func a() {}\n    @Test func b() {}\n}", [2]),
            ("@Suite(.timeLimit(.minutes(1))) struct A {}\n\nenum B {\n    @Test func a() {}\n}", [4]),
            ("@Suite(.timeLimit(.minutes(1))) struct A {}\n@Test func a() {}", [2]),
            // A limit holds for all that is in a type and in its extensions.
            ("@Suite(.timeLimit(.minutes(1))) struct A {\n    struct B {\n        @Test func a() {}\n    }\n}", []),
            ("extension A {\n    @Test func a() {}\n}\n\n@Suite(.timeLimit(.minutes(1))) struct A {}", []),
            // A suite in a suite says it again.
            (
                "@Suite(.timeLimit(.minutes(1))) struct A {\n    @Suite struct B {\n        @Test func a() {}\n    }\n}",
                [2]
            ),
        ] as [(String, [Int])])
    func whatHasNoLimitIsFound(text: String, lines: [Int]) {
        #expect(Self.suites(in: [("A.swift", text)]).unlimited == lines.map { "A.swift:\($0)" })
    }

    /// The types that are suites, and the places of suites and of tests that nothing limits.
    private static func suites(in files: [(path: String, text: String)]) -> (names: Set<String>, unlimited: [String]) {
        let marks = files.map { (path: $0.path, marks: Marks(in: $0.text)) }
        let names = Set(marks.flatMap { $0.marks.suites })
        let unlimited = marks.flatMap { path, marks in
            let tests = marks.firstTests.filter { !names.contains($0.key) }.values
            return (marks.unlimited + tests).sorted().map { "\(path):\($0)" }
        }
        return (names, unlimited)
    }

    /// Where suites and tests begin in a file.
    private struct Marks {
        /// The types at the top level that are suites.
        var suites: [String] = []
        /// The lines of the suites without a limit, wherever they are.
        var unlimited: [Int] = []
        /// The line of the first test of each type at the top level, and under "" of one that is in no type.
        var firstTests: [String: Int] = [:]

        init(in text: String) {
            let declaration = /(?:struct|class|enum|actor|extension) (\w+)/
            var type = ""
            var suite: (line: Int, isTop: Bool, attribute: String)?
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let code = line.drop { $0 == " " }
                let isTop = code.startIndex == line.startIndex
                if isTop, !code.hasPrefix("//"), let found = code.firstMatch(of: declaration) {
                    type = String(found.output.1)
                }
                if code.hasPrefix("@Suite") { suite = (index + 1, isTop, "") }
                if code.hasPrefix("@Test") {
                    let holder = isTop ? "" : type
                    firstTests[holder] = firstTests[holder] ?? index + 1
                }
                suite?.attribute += line.prefix { $0 != "{" }
                guard let begun = suite, line.contains("{") else { continue }
                if begun.isTop { suites.append(type) }
                if !begun.attribute.contains(".timeLimit(") { unlimited.append(begun.line) }
                suite = nil
            }
        }
    }
}
