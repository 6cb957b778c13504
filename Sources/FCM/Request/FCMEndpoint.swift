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

/// RFC 3986 §2.3: everything but unreserved characters. Registration tokens have a colon in them.
func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        if isUnreserved(byte) {
            encoded.unicodeScalars.append(UnicodeScalar(byte))
        } else {
            encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return encoded
}
