import URLEncoding

/// Where FCM's requests go.
public enum FCMEndpoint {
    public static let origin = "https://fcm.googleapis.com"
    /// The OAuth scope that sending needs.
    public static let scope = "https://www.googleapis.com/auth/firebase.messaging"

    /// The URL of `messages:send`.
    /// - Parameter project: id or number.
    public static func send(project: String, origin: String = origin) -> String { origin + sendPath(project: project) }

    static func sendPath(project: String) -> String { projectPath(project) + "/messages:send" }
    static func projectPath(_ project: String) -> String { "/v1/projects/\(percentEncoded(project))" }
}
