import URLEncoding

/// Topics a device subscribes to, as resources of v1 (`projects.registrations.topicSubscriptions`): one device a request, there is no
/// batch.
///
/// The Instance ID API (`iid.googleapis.com`), which took a thousand tokens at once, is closed for new projects and ends on 2027-09-29: it
/// isn't here.
extension FCMRequest {
    /// Answered with 409 `ALREADY_EXISTS` when it was subscribed already, which is fine.
    /// - Parameter registration: a Firebase installation id, or a registration token.
    public static func subscribe(_ registration: String, to topic: FCMTopic, project: String, accessToken: String) -> FCMRequest {
        FCMRequest(
            method: "POST", path: subscriptions(registration, project) + "?topic_name=" + percentEncoded(topic.name),
            headers: headers(accessToken: accessToken), body: Array("{}".utf8))
    }

    /// Unsubscribing what isn't subscribed is fine, too.
    public static func unsubscribe(_ registration: String, from topic: FCMTopic, project: String, accessToken: String) -> FCMRequest {
        FCMRequest(
            method: "DELETE", path: subscription(registration, topic, project) + "?allow_missing=true",
            headers: headers(accessToken: accessToken), body: [])
    }

    /// Answered with 404 when it isn't subscribed.
    public static func subscription(_ registration: String, to topic: FCMTopic, project: String, accessToken: String) -> FCMRequest {
        FCMRequest(
            method: "GET", path: subscription(registration, topic, project), headers: headers(accessToken: accessToken), body: [])
    }

    /// A page of a registration's topics.
    /// - Parameter pageToken: what the page before gave.
    public static func subscriptions(
        of registration: String, project: String, pageSize: Int = 100, pageToken: String? = nil, accessToken: String
    ) -> FCMRequest {
        let next = pageToken.map { "&page_token=" + percentEncoded($0) } ?? ""
        return FCMRequest(
            method: "GET", path: subscriptions(registration, project) + "?page_size=\(pageSize)" + next,
            headers: headers(accessToken: accessToken), body: [])
    }

    private static func subscriptions(_ registration: String, _ project: String) -> String {
        FCMEndpoint.projectPath(project) + "/registrations/\(percentEncoded(registration))/topicSubscriptions"
    }

    private static func subscription(_ registration: String, _ topic: FCMTopic, _ project: String) -> String {
        subscriptions(registration, project) + "/" + percentEncoded(topic.name)
    }
}
