import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The user agent's half of Firefox's push protocol, without socket, clock or disk: what happened goes in, what to do comes out.
///
/// It outlives connections: `connected` begins each one anew.
struct UserAgentSession: Sendable {
    /// To be done in the given order, each when the one before is done.
    enum Action: Equatable {
        /// Put the identity on the disk.
        case save
        case send(ClientFrame)
        /// Send a ping of the WebSocket protocol.
        case probe
        /// Ask the app for its application server's key, then `keyed`.
        case ask(app: String)
        /// Ask it again after a while: the push service refused to register its channel.
        case refuse(app: String, reason: String)
        /// Tell the app's application server, then `named`.
        case announce(app: String)
        /// Hand over, then `handled` or `gaveUp`.
        case deliver(app: String, MessageFrame, ReceivedMessage)
        case report(Report)
        /// Give the connection up.
        case disconnect(UserAgentError.Code, String)
    }

    enum Report: Equatable {
        case connected
        case undecryptable(app: String, version: String, reason: String)
        case unreadableFrame
    }

    enum State {
        case disconnected
        /// hello is sent.
        case greeting(until: Date)
        /// hello is answered: messages may come.
        case ready
    }

    var identity: UserAgentIdentity
    /// When the push service answered this connection's hello.
    private(set) var greetedAt: Date?
    var settings: UserAgentSettings
    private(set) var state = State.disconnected
    /// Apps that somebody serves.
    var apps: Set<String> = []
    /// By channel: until when its registration must be answered.
    var registering: [String: Date] = [:]
    /// By app: versions that it was handed and hasn't taken yet. They outlive connections, so that nothing is handed over twice.
    var inHand: [String: Set<String>] = [:]
    var silence: Silence

    init(identity: UserAgentIdentity, settings: UserAgentSettings) {
        self.identity = identity
        self.settings = settings
        silence = Silence(rules: settings.keepAlive, timeoutSeconds: settings.requestTimeoutSeconds)
    }

    var isReady: Bool { if case .ready = state { true } else { false } }

    /// The WebSocket is open.
    mutating func connected(now: Date) -> [Action] {
        state = .greeting(until: now + settings.requestTimeoutSeconds)
        return [.send(.hello(uaid: identity.uaid, urgency: settings.urgency))]
    }

    /// - Parameter silently: whether nobody said goodbye.
    mutating func disconnected(silently: Bool, now: Date) -> [Action] {
        state = .disconnected
        greetedAt = nil
        registering = [:]
        return remember(silence.end(silently: silently, now: now))
    }

    /// A text frame came.
    mutating func received(_ text: String, now: Date) -> [Action] {
        let learned = heard(now: now)
        switch ServerFrame(text) {
        case .hello(let uaid, let status): return learned + greeted(uaid, status, now)
        case .registered(let channelID, let status, let endpoint): return learned + registered(channelID, status, endpoint)
        case .unregistered(let channelID, let status): return learned + unregistered(channelID, status)
        case .notification(let message): return learned + notified(message, now)
        case .pong, .other: return learned
        case nil: return learned + [.report(.unreadableFrame)]
        }
    }

    private mutating func greeted(_ uaid: String?, _ status: Int?, _ now: Date) -> [Action] {
        guard case .greeting = state else { return [] }
        guard let uaid, !uaid.isEmpty, (status ?? 200) == 200 else {
            return [.disconnect(.refused, "The push service does not greet back: status \(status ?? 0)")]
        }
        greetedAt = now
        state = .ready
        silence.begin(with: identity.keepAlives[silence.network], now: now)
        let renamed = uaid != identity.uaid
        if renamed { identity.rename(uaid) }
        return (renamed ? [.save] : []) + [.report(.connected)] + identity.leftChannels.map { .send(.unregister(channelID: $0)) }
            + apps.sorted().map { .ask(app: $0) }
    }
}
