import Hummingbird
import NIOCore

/// Sends `100 Continue` to clients that wait for it before they send a body (RFC 9110, 10.1.1; curl does from 1 MB on), at the
/// moment when a route begins to read. Bodies of requests that are refused by their headers are never sent at all.
///
/// Written here because Hummingbird answers no expectation.
extension Request {
    func askingForItsBody(on channel: any Channel) -> Request {
        guard headers[.expect]?.lowercased() == "100-continue" else { return self }
        var request = self
        request.body = RequestBody(asyncSequence: ExpectedBody(body: body, channel: channel))
        return request
    }
}

/// A body whose client waits until it is asked for it.
private struct ExpectedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let body: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> RequestBody.AsyncIterator {
        channel.triggerUserOutboundEvent(ConnectionHandler.BodyIsWanted(), promise: nil)
        return body.makeAsyncIterator()
    }
}
