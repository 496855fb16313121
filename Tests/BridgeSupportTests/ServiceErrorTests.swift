import BridgeSupport
import Testing

@Suite("Errors, durations and states", .timeLimit(.minutes(5)))
struct ServiceErrorTests {
    @Test("an error describes itself by code, field and message")
    func description() {
        let error = ServiceError.invalid("speed", "The field 'speed' must be from 0.25 to 4.")
        #expect("\(error)" == "invalid_request (speed): The field 'speed' must be from 0.25 to 4.")
        #expect("\(ServiceError(.timeout, "Too long."))" == "timeout: Too long.")
    }

    @Test("an error's description never holds its cause, which is for the log alone")
    func cause() {
        struct Internals: Error { let path = "/secret" }
        #expect(!"\(ServiceError(.internal, "It failed.", cause: Internals()))".contains("secret"))
    }

    @Test("durations convert with their fractions")
    func durations() {
        #expect(Duration.microseconds(1500).milliseconds == 1.5)
        #expect(Duration.milliseconds(2500).inSeconds == 2.5)
        #expect(Duration.zero.milliseconds == 0)
        #expect(Duration.seconds(-1).milliseconds == -1000)
    }
}
