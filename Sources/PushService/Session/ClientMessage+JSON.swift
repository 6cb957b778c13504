import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A frame that isn't of the protocol: `reason` says what is wrong with it.
public struct MalformedFrame: Error, Sendable, Hashable {
    public let reason: String
}

extension ClientMessage {
    /// Reads one text frame. Unknown members are skipped; a `channelID` to register that is spelled in another way is an error, because an
    /// answer to a respelled one would confuse the user agent.
    public init(frame: String) throws(MalformedFrame) {
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(frame.utf8))
        } catch {
            throw MalformedFrame(reason: "a frame must be a JSON object of the push protocol")
        }
        self = try fields.message()
    }
}

/// The members of all frames together: the protocol is small enough for one reading.
private struct Fields: Decodable {
    var messageType: String?
    var uaid: Lenient<String>?
    var channelID: Lenient<String>?
    var key: String?
    var code: Lenient<Int>?
    var version: Lenient<String>?
    var updates: [Update]?
    var broadcasts: Lenient<[String: String]>?
    var urgency: Lenient<String>?
    var min: Lenient<String>?

    struct Update: Decodable {
        var version: Lenient<String>?
        var code: Lenient<Int>?
    }

    func message() throws(MalformedFrame) -> ClientMessage {
        switch messageType {
        case nil, "ping": .ping
        case "hello": .hello(hello)
        case "register": .register(channel: try channel(), key: key)
        case "unregister": .unregister(channel: try endingChannel(), code: code?.value)
        case "ack": .acknowledge(try acknowledgements())
        case "nack": .failed(version: version?.value ?? "", code: code?.value)
        case "broadcast_subscribe": .subscribeToBroadcasts(broadcasts?.value ?? [:])
        case "urgency": .want(try wanted(), isAnswered: min != nil)
        case let type?: .unknown(messageType: type)
        }
    }

    private var hello: Hello {
        Hello(
            uaid: uaid?.value, broadcasts: broadcasts?.value ?? [:],
            urgency: urgency?.value.flatMap { Urgency(rawValue: $0) } ?? .veryLow)
    }

    private func wanted() throws(MalformedFrame) -> Urgency {
        guard let wanted = (min ?? urgency)?.value.flatMap({ Urgency(rawValue: $0) }) else {
            throw MalformedFrame(reason: "urgency must be one of very-low, low, normal, high")
        }
        return wanted
    }

    private func channel() throws(MalformedFrame) -> ChannelID {
        guard let channel = ChannelID(channelID?.value ?? "") else {
            throw MalformedFrame(reason: "channelID must be a UUID in lower case with dashes")
        }
        return channel
    }

    /// Mozilla's service ends a channel however it is spelled.
    private func endingChannel() throws(MalformedFrame) -> ChannelID {
        guard let channel = ChannelID(anySpelling: channelID?.value ?? "") else {
            throw MalformedFrame(reason: "channelID must be a UUID")
        }
        return channel
    }

    private func acknowledgements() throws(MalformedFrame) -> [Acknowledgement] {
        guard let updates else { throw MalformedFrame(reason: "an ack needs updates") }
        return updates.compactMap { update in
            guard let version = update.version?.value else { return nil }
            // A code from a later edition is final as well: a message that loops helps nobody.
            return Acknowledgement(version: version, verdict: .init(rawValue: update.code?.value ?? 100) ?? .notDelivered)
        }
    }
}

/// A member whose wrong type counts as absent.
private struct Lenient<Value: Decodable>: Decodable {
    let value: Value?

    init(from decoder: any Decoder) throws {
        value = try? decoder.singleValueContainer().decode(Value.self)
    }
}
