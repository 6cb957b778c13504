/// Where FCM's requests go.
public enum FCMEndpoint {
    public static let origin = "https://fcm.googleapis.com"
    /// The OAuth scope that sending needs.
    public static let scope = "https://www.googleapis.com/auth/firebase.messaging"

    /// - Parameter project: id or number.
    public static func send(project: String, origin: String = origin) -> String {
        "\(origin)/v1/projects/\(project)/messages:send"
    }
}

/// Topics a device subscribes to, as resources of v1: one device a request, there is no batch.
///
/// The Instance ID API (`iid.googleapis.com`), which took a thousand tokens at once, is closed for new projects and ends on 2027-09-29: it
/// isn't here.
public struct FCMTopicSubscription: Sendable, Hashable {
    public let method: String
    /// Begins with `/`.
    public let path: String
    public let body: [UInt8]

    /// Answers 409 `ALREADY_EXISTS` when it was subscribed already, which is fine.
    public static func subscribe(_ registration: String, to topic: FCMTopic, project: String) -> FCMTopicSubscription {
        FCMTopicSubscription(
            method: "POST", path: base(registration, project) + "?topic_name=" + percentEncoded(topic.name), body: Array("{}".utf8))
    }

    /// Unsubscribing what isn't subscribed is fine, too.
    public static func unsubscribe(_ registration: String, from topic: FCMTopic, project: String) -> FCMTopicSubscription {
        FCMTopicSubscription(
            method: "DELETE", path: base(registration, project) + "/" + percentEncoded(topic.name) + "?allow_missing=true", body: [])
    }

    public static func get(_ registration: String, _ topic: FCMTopic, project: String) -> FCMTopicSubscription {
        FCMTopicSubscription(method: "GET", path: base(registration, project) + "/" + percentEncoded(topic.name), body: [])
    }

    /// - Parameter pageToken: what the page before gave.
    public static func list(_ registration: String, project: String, pageSize: Int = 100, pageToken: String? = nil) -> FCMTopicSubscription {
        let token = pageToken.map { "&page_token=" + percentEncoded($0) } ?? ""
        return FCMTopicSubscription(method: "GET", path: base(registration, project) + "?page_size=\(pageSize)" + token, body: [])
    }

    private static func base(_ registration: String, _ project: String) -> String {
        "/v1/projects/\(project)/registrations/\(percentEncoded(registration))/topicSubscriptions"
    }
}

/// RFC 3986 §2.3: everything but unreserved characters. Registration tokens have a colon in them.
func percentEncoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            encoded.unicodeScalars.append(UnicodeScalar(byte))
        default:
            encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
    return encoded
}
