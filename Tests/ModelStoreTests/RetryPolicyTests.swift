import Foundation
import Testing

@testable import ModelStore

@Suite(.timeLimit(.minutes(5))) struct RetryPolicyTests {
    /// 2015-10-21 07:28:00 UTC.
    private static let today = Date(timeIntervalSince1970: 1_445_412_480)

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("-5", 0), ("999999999", 86400), (" 7 ", 7),
            ("Wed, 21 Oct 2015 07:28:30 GMT", 30), ("Wed, 21 Oct 2015 07:00:00 GMT", 0),
            ("Thu, 22 Oct 2015 07:28:00 GMT", 86400), ("soon", nil), ("", nil), ("9223372036854775807", 86400),
            ("-9223372036854775808", 0), ("9223372036854775808", nil), ("Wed, 21 Oct 999999999 07:28:30 GMT", nil),
        ] as [(String, Int?)])
    func retryAfterIsReadInBothForms(_ text: String, _ seconds: Int?) {
        let policy = RetryPolicy(today: { Self.today })
        #expect(policy.wait(retryAfter: text) == seconds.map { .seconds($0) })
    }
}
