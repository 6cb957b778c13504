/// A request as bytes, for any HTTP client.
public struct FCMRequest: Sendable {
    public let method: String
    /// To be appended to ``FCMEndpoint/origin``.
    public let path: String
    /// Names in lower case.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]

    /// `messages:send`: one message, one target. ``FCMReply`` reads the answer.
    ///
    /// - Parameters:
    ///   - project: id or number.
    ///   - accessToken: of ``FCMAccessToken``.
    /// - Throws: `tooLarge` for a message that a topic or a condition doesn't take.
    public static func send(
        _ body: FCMRequestBody, to target: FCMTarget, project: String, accessToken: String
    ) throws(FCMError) -> FCMRequest {
        FCMRequest(
            method: "POST", path: FCMEndpoint.sendPath(project: project), headers: headers(accessToken: accessToken),
            body: try body.bytes(to: target))
    }

    /// The same for every request.
    public static func headers(accessToken: String) -> [(name: String, value: String)] {
        [("authorization", "Bearer \(accessToken)"), ("content-type", "application/json; charset=UTF-8")]
    }
}
