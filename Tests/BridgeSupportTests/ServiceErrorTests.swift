import BridgeSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ServiceErrorTests {
    @Test
    func anErrorDescribesItselfByCodeFieldAndMessage() {
        let error = ServiceError.invalid("speed", "The field 'speed' must be from 0.25 to 4.")
        #expect("\(error)" == "invalid_request (speed): The field 'speed' must be from 0.25 to 4.")
        #expect("\(ServiceError(.timeout, "Too long."))" == "timeout: Too long.")
    }

    @Test
    func anErrorsDescriptionNeverHoldsItsCause() {
        struct Internals: Error { let path = "/secret" }
        #expect(!"\(ServiceError(.internal, "It failed.", cause: Internals()))".contains("secret"))
    }

    @Test
    func durationsConvertWithTheirFractions() {
        #expect(Duration.microseconds(1500).milliseconds == 1.5)
        #expect(Duration.milliseconds(2500).inSeconds == 2.5)
        #expect(Duration.zero.milliseconds == 0)
        #expect(Duration.seconds(-1).milliseconds == -1000)
    }
}
