#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the push service says to a user agent: Firefox's protocol, JSON in text frames.
enum ServerFrame: Equatable {
    case hello(uaid: String?, status: Int?)
    case registered(channelID: String, status: Int, endpoint: String?)
    case unregistered(channelID: String, status: Int)
    case notification(MessageFrame)
    case pong
    /// Of the protocol, but of no use to us: broadcasts, and what newer servers may invent.
    case other

    /// - Returns: nil when the text is not of the protocol.
    init?(_ text: String) {
        guard let message = try? JSONDecoder().decode(Message.self, from: Data(text.utf8)) else { return nil }
        switch message.messageType?.lowercased() {
        case nil, "ping": self = .pong
        case "hello": self = .hello(uaid: message.uaid, status: message.status)
        case "register":
            guard let channelID = message.channelID, let status = message.status else { return nil }
            self = .registered(channelID: channelID, status: status, endpoint: message.pushEndpoint)
        case "unregister":
            guard let channelID = message.channelID, let status = message.status else { return nil }
            self = .unregistered(channelID: channelID, status: status)
        case "notification":
            guard let frame = MessageFrame(message) else { return nil }
            self = .notification(frame)
        default: self = .other
        }
    }
}

/// A message as it comes, still encrypted.
struct MessageFrame: Equatable {
    let channelID: String
    let version: String
    /// base64url of the body the application server posted.
    let data: String?
    let headers: Headers?

    struct Headers: Decodable, Equatable {
        var encoding: String?
        var encryption: String?
        var crypto_key: String?
    }

    fileprivate init?(_ message: Message) {
        guard let channelID = message.channelID, let version = message.version else { return nil }
        self.channelID = channelID
        self.version = version
        data = message.data
        headers = message.headers
    }
}

private struct Message: Decodable {
    var messageType: String?
    var uaid: String?
    var status: Int?
    var channelID: String?
    var pushEndpoint: String?
    var version: String?
    var data: String?
    var headers: MessageFrame.Headers?
}
