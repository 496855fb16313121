import Testing
import EspeakProtocol

/// The ends of clauses, recovered from text; the parity tests hold them against the newer library's own answer.
@Suite(.timeLimit(.minutes(5))) struct ClauseTerminatorTests {
    @Test(arguments: [
        ("Bonjour. ", Character(".") as Character?, true), ("Quoi ?! ", "?", true), ("Non, ", ",", false),
        ("Ceci : ", ":", false), ("ainsi ; ", ";", false), ("lui — ", ";", false), ("Non... ", nil, false),
        ("Non… ", nil, false), ("Fin.\n\n", nil, true), ("ligne.\n", ".", true), ("好。", nil, true), ("好，", nil, false),
        ("mot ", nil, false), ("! ", nil, false), ("👍. ", nil, false), ("👍.\n", ".", true), ("!\n", "!", true),
        ("👍\n", nil, false),
    ])
    func isFoundInTheMiddle(body: String, symbol: Character?, ends: Bool) {
        #expect(
            ClauseTerminator(recoveredFrom: body, isLast: false) == ClauseTerminator(symbol: symbol, endsSentence: ends)
        )
    }

    @Test func theEndOfTheTextEndsTheSentence() {
        #expect(ClauseTerminator(recoveredFrom: "mot", isLast: true) == ClauseTerminator(endsSentence: true))
        #expect(ClauseTerminator(recoveredFrom: "", isLast: true) == ClauseTerminator(endsSentence: true))
        #expect(ClauseTerminator(recoveredFrom: "mot,", isLast: true) == ClauseTerminator(symbol: ","))
    }

    @Test func noBreakSpacesAreNotWhiteSpace() {
        #expect(ClauseTerminator(recoveredFrom: "mot.\u{A0}", isLast: false) == ClauseTerminator())
    }
}
