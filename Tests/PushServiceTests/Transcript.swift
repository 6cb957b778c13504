import Foundation
import PushService
import Testing
import WebPush

/// A session on paper: events go in as a user agent or a server would cause them, actions come out as short words.
struct Transcript {
    static let codec = EndpointCodec(origin: "https://push.example", sealer: .test)
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private(set) var session: Session
    /// The notes, which say nothing about what the session does and so are kept apart.
    private(set) var notes: [SessionNote] = []

    init(limits: PushServiceLimits = .init(), board: BroadcastBoard? = nil) {
        session = Session(rules: SessionRules(codec: Self.codec, limits: limits), newUAID: .fresh, board: board, now: Self.start)
    }

    /// A session that is past its hello: of a user agent that the store knows, with nothing waiting there.
    static func ready(
        limits: PushServiceLimits = .init(), board: BroadcastBoard? = nil, messages: [Message] = []
    ) -> Transcript {
        var transcript = Transcript(limits: limits, board: board)
        _ = transcript.hears(Frame.hello(.known))
        _ = transcript.on(.lookedUp(1))
        _ = transcript.on(.loaded(MessagePage(messages, limit: messages.count + 1, newest: transcript.last(messages))))
        transcript.notes = []
        return transcript
    }

    private func last(_ messages: [Message]) -> MessageSequence { messages.last?.id.sequence ?? .start }

    mutating func hears(_ frame: String, at seconds: Double = 0) -> [String] { on(.frame(frame), at: seconds) }

    mutating func on(_ event: SessionEvent, at seconds: Double = 0) -> [String] {
        session.handle(event, now: Self.start + seconds).compactMap { action in
            if case .note(let note) = action { notes.append(note) }
            return describe(action)
        }
    }

    private func describe(_ action: SessionAction) -> String? {
        switch action {
        case .lookUp(let uaid): "look up \(name(uaid))"
        case .attach(let uaid, _): "attach \(name(uaid))"
        case .send(let message): describe(message)
        case .register(let channel, _): "register \(channel.id.text.suffix(1))"
        case .unregister(let channel): "unregister \(channel.id.text.suffix(1))"
        case .load(_, let after, let limit): "load \(limit) after \(after.rawValue)"
        case .probe(_, let after, let urgency): "probe \(urgency.rawValue) after \(after.rawValue)"
        case .delete(let messages):
            "delete " + messages.map { "\($0.id.sequence.rawValue)" + ($0.ending == .delivered ? "" : " \($0.ending)") }.joined(separator: " ")
        case .recordConnection: "record connection"
        case .note: nil
        case .close(let close): "close \(close.code): \(close.reason)"
        }
    }

    private func describe(_ message: ServerMessage) -> String {
        switch message {
        case .hello(let uaid, let news): "say hello \(name(uaid))\(describe(news))"
        case .broadcast(let news): "say broadcast\(describe(news))"
        case .register(let channel, let status, let endpoint):
            "say registered \(channel.text.suffix(1)) \(status) \(endpoint.prefix { $0 != "?" }.prefix(32))"
        case .unregister(let channel, let status): "say unregistered \(channel.text.suffix(1)) \(status)"
        case .notification(_, let version, _):
            Self.codec.message(token: version).map { $0.sequence.isStored ? "say message \($0.sequence.rawValue)" : "say unstored" }
                ?? "say nonsense"
        case .urgency(let status): "say urgency \(status)"
        case .pong: "say pong"
        }
    }

    private func describe(_ news: BroadcastNews) -> String {
        let words = news.updates.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + news.unknown.sorted().map { "no \($0)" }
        return words.map { " \($0)" }.joined()
    }

    private func name(_ uaid: UAID) -> String {
        switch uaid {
        case .fresh: "fresh"
        case .known: "known"
        default: "stranger"
        }
    }
}

/// The frames of a user agent.
enum Frame {
    /// - Parameter more: further members, beginning with a comma.
    static func hello(_ uaid: UAID? = nil, more: String = "") -> String {
        #"{"messageType":"hello","use_webpush":true\#(uaid.map { #","uaid":"\#($0.text)""# } ?? "")\#(more)}"#
    }

    static func want(_ urgency: Urgency) -> String { #"{"messageType":"urgency","urgency":"\#(urgency.rawValue)"}"# }

    static func register(_ channel: ChannelID = .a, key: String? = nil) -> String {
        #"{"channelID":"\#(channel.text)","messageType":"register"\#(key.map { #","key":"\#($0)""# } ?? "")}"#
    }

    static func unregister(_ channel: ChannelID = .a) -> String {
        #"{"channelID":"\#(channel.text)","messageType":"unregister","code":200}"#
    }

    static func ack(_ sequences: MessageSequence..., of uaid: UAID = .known, code: Int = 100) -> String {
        let updates = sequences.map { sequence in
            let version = Transcript.codec.token(for: MessageID(uaid: uaid, sequence: sequence))
            return #"{"channelID":"\#(ChannelID.a.text)","version":"\#(version)","code":\#(code)}"#
        }
        return #"{"messageType":"ack","updates":[\#(updates.joined(separator: ","))]}"#
    }
}

extension UAID {
    static let fresh = UAID(rawValue: 0xF)
    static let known = UAID(rawValue: 0xC)
}

extension ChannelID {
    static let a = ChannelID(rawValue: 0xA)
    static let b = ChannelID(rawValue: 0xB)
}

extension CapabilitySealer {
    static let test = sealer(1)

    /// A sealer whose keys are all bytes of these values.
    static func sealer(_ keys: UInt8...) -> CapabilitySealer {
        do { return try CapabilitySealer(keys: keys.map { [UInt8](repeating: $0, count: keyBytes) }) } catch {
            preconditionFailure(error.message)
        }
    }
}

extension Message {
    /// A message of the user agent `known`, with an hour to live.
    static func number(_ sequence: MessageSequence, _ urgency: Urgency = .normal, expiresAfter seconds: Double = 3600) -> Message {
        Message(
            id: MessageID(uaid: .known, sequence: sequence), channel: .a, urgency: urgency,
            expiresAt: Transcript.start + seconds, content: MessageContent(body: [1, 2, 3], encoding: "aes128gcm"))
    }
}

extension MessagePage {
    static func full(_ sequences: MessageSequence...) -> MessagePage {
        MessagePage(sequences.map { .number($0) }, limit: sequences.count, newest: sequences.last ?? .start)
    }

    static func last(_ sequences: MessageSequence..., newest: MessageSequence? = nil) -> MessagePage {
        MessagePage(
            sequences.map { .number($0) }, limit: sequences.count + 1, newest: newest ?? sequences.last ?? .start)
    }
}
