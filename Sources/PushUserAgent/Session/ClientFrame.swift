import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a user agent says to the push service: Firefox's protocol, JSON in text frames.
enum ClientFrame: Equatable {
    case hello(uaid: String?, urgency: Urgency? = nil)
    /// - Parameter key: VAPID public key, base64url.
    case register(channelID: String, key: String)
    case unregister(channelID: String)
    case ack(channelID: String, version: String, AckCode)
    /// What an app failed on, after the ack.
    case nack(version: String, NackCode)
    /// What is worth waking us for, from now on.
    case want(Urgency)
    case ping

    /// The frame's JSON.
    var text: String {
        switch self {
        case .hello(let uaid, let urgency):
            encode(Message(messageType: "hello", uaid: uaid, use_webpush: true, broadcasts: [:], urgency: urgency?.rawValue))
        case .register(let channelID, let key): encode(Message(messageType: "register", channelID: channelID, key: key))
        case .unregister(let channelID): encode(Message(messageType: "unregister", channelID: channelID, code: 200))
        case .ack(let channelID, let version, let code):
            encode(
                Message(
                    messageType: "ack", updates: [.init(channelID: channelID, version: version, code: code.rawValue)]))
        case .nack(let version, let code): encode(Message(messageType: "nack", code: code.rawValue, version: version))
        case .want(let urgency): encode(Message(messageType: "urgency", urgency: urgency.rawValue))
        case .ping: "{}"
        }
    }

    private func encode(_ message: Message) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers always encode.
        return (try? encoder.encode(message)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// What became of a message. All three are final: the push service forgets it.
enum AckCode: Int {
    case delivered = 100
    case undecryptable = 101
    /// A repeat, or for a channel we don't have.
    case notDelivered = 102
}

/// Why an app has no use of a message that was acknowledged.
enum NackCode: Int {
    /// What took the message failed after it had begun.
    case handlerFailed = 302
}

private struct Message: Encodable {
    var messageType: String
    var uaid: String?
    var use_webpush: Bool?
    var broadcasts: [String: String]?
    var channelID: String?
    var key: String?
    var code: Int?
    var updates: [Update]?
    var urgency: String?
    var version: String?

    struct Update: Encodable {
        var channelID: String
        var version: String
        var code: Int
    }
}
