#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a user agent says to the push service: Firefox's protocol, JSON in text frames.
enum ClientFrame: Equatable {
    case hello(uaid: String?)
    /// - Parameter key: VAPID public key, base64url.
    case register(channelID: String, key: String)
    case unregister(channelID: String)
    case ack(channelID: String, version: String, AckCode)
    case ping

    /// The frame's JSON.
    var text: String {
        switch self {
        case .hello(let uaid): encode(Message(messageType: "hello", uaid: uaid, use_webpush: true, broadcasts: [:]))
        case .register(let channelID, let key): encode(Message(messageType: "register", channelID: channelID, key: key))
        case .unregister(let channelID): encode(Message(messageType: "unregister", channelID: channelID, code: 200))
        case .ack(let channelID, let version, let code):
            encode(
                Message(
                    messageType: "ack", updates: [.init(channelID: channelID, version: version, code: code.rawValue)]))
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

private struct Message: Encodable {
    var messageType: String
    var uaid: String?
    var use_webpush: Bool?
    var broadcasts: [String: String]?
    var channelID: String?
    var key: String?
    var code: Int?
    var updates: [Update]?

    struct Update: Encodable {
        var channelID: String
        var version: String
        var code: Int
    }
}
