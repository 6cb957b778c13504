import Foundation
import PushService
import WebPush

/// A post to an endpoint in the making: a good one, for a test to spoil.
struct Post {
    static let now = Transcript.start
    static let channel = Channel(uaid: .known, id: .a)
    static let epoch = SubscriptionEpoch(rawValue: Int64(now.timeIntervalSince1970 * 1000) - 60_000)
    static let saltAndKey = MessageRequest.Headers(
        ttl: "60", contentEncoding: "aesgcm", encryption: "salt=lngarbyKfMoi9Z75xYXmkg",
        cryptoKey: "dh=BNoRDbb84JGm8g5Z5CFxurSqsXWJ11ItfXEWYVLE85Y7CYkDjXsIEc4aqxYaQ1G8BqkXCJ6DPpDrWtdWj_mugHU")

    var intake = MessageIntake(codec: Transcript.codec)
    var request: MessageRequest
    var now = Post.now

    /// To an open endpoint, or to one restricted to `key`.
    init(restrictedTo key: VAPIDKey? = nil) {
        let endpoint = Transcript.codec.endpoint(for: Self.channel, of: Self.epoch, restrictedTo: key?.publicKey).split(separator: "/")
        request = MessageRequest(
            version: String(endpoint[3]), token: String(endpoint[4]),
            headers: .init(ttl: "60", contentEncoding: "aes128gcm"), body: Self.body())
    }

    /// An aes128gcm body with a key id of 65 bytes (RFC 8188 §2.1).
    static func body(keyID: [UInt8] = [UInt8](repeating: 9, count: 65), bytes: Int = 144) -> [UInt8] {
        let header = [UInt8](repeating: 1, count: 16) + [0, 0, 16, 0, UInt8(keyID.count)] + keyID
        return header + [UInt8](repeating: 2, count: max(0, bytes - header.count))
    }

    /// A VAPID token as the key's owner would sign it.
    static func authorization(
        _ key: VAPIDKey, audience: String = Transcript.codec.origin, expiresAfter seconds: Double = 3600
    ) throws -> String {
        try key.authorization(
            for: VAPIDClaims(audience: audience, expiresAt: now + seconds, subject: "mailto:push@example.com"))
    }

    /// The same with one thing changed.
    func with(_ change: (inout Post) throws -> Void) rethrows -> Post {
        var post = self
        try change(&post)
        return post
    }

    func accepted() throws -> NewMessage { try intake.message(of: request, now: now) }

    /// The status and number of the refusal; nil if the post is accepted.
    func refusal() -> EndpointRefusal? {
        do throws(EndpointRefusal) {
            _ = try intake.message(of: request, now: now)
            return nil
        } catch {
            return error
        }
    }
}
