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
        /// Tell the application server, then `named`.
        case announce
        /// Hand over, then `handled`. A message that isn't handled comes again with the next connection.
        case deliver(MessageFrame, ReceivedMessage)
        case report(Report)
        /// Give the connection up.
        case disconnect(UserAgentError.Code, String)
    }

    enum Report: Equatable {
        case undecryptable(version: String, reason: String)
        case unreadableFrame
    }

    private enum State {
        case disconnected
        /// hello is sent.
        case greeting(until: Date)
        /// hello is answered, register is sent.
        case registering(until: Date)
        /// Messages may come.
        case ready(quietSince: Date)
        /// After silence a ping is sent.
        case pinging(until: Date)
    }

    private(set) var identity: UserAgentIdentity
    /// When the push service answered this connection's hello.
    private(set) var greetedAt: Date?
    private let settings: UserAgentSettings
    private var state = State.disconnected

    init(identity: UserAgentIdentity, settings: UserAgentSettings) {
        self.identity = identity
        self.settings = settings
    }

    /// The WebSocket is open.
    ///
    /// - Parameter freshChannelID: used when the application server's key is not the one the channel is bound to.
    mutating func connected(applicationServerKey: String, freshChannelID: String, now: Date) -> [Action] {
        state = .greeting(until: now + settings.requestTimeoutSeconds)
        guard applicationServerKey != identity.applicationServerKey else { return [.send(.hello(uaid: identity.uaid))] }
        identity.bind(to: applicationServerKey, freshChannelID: freshChannelID)
        return [.save, .send(.hello(uaid: identity.uaid))]
    }

    mutating func disconnected() {
        state = .disconnected
        greetedAt = nil
    }

    /// A text frame came.
    mutating func received(_ text: String, now: Date) -> [Action] {
        heard(now)
        switch ServerFrame(text) {
        case .hello(let uaid, let status): return greeted(uaid, status, now)
        case .registered(let channelID, let status, let endpoint): return registered(channelID, status, endpoint, now)
        case .notification(let message): return notified(message, now)
        case .pong, .other: return []
        case nil: return [.report(.unreadableFrame)]
        }
    }

    /// The application server calls us so.
    mutating func named(_ deviceID: String?) -> [Action] {
        guard deviceID != identity.deviceID else { return [] }
        identity.deviceID = deviceID
        return [.save]
    }

    /// The application has the message: only now it may be forgotten elsewhere, and only after we remember that it came.
    mutating func handled(_ message: MessageFrame) -> [Action] {
        identity.remember(message.version)
        return [.save, ack(message, .delivered)]
    }

    /// When `tick` has something to do; nil when there is no connection.
    var deadline: Date? {
        switch state {
        case .disconnected: nil
        case .greeting(let until), .registering(let until), .pinging(let until): until
        case .ready(let quietSince): quietSince + settings.pingIntervalSeconds
        }
    }

    /// Time passed. Early calls do nothing.
    mutating func tick(now: Date) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        switch state {
        case .disconnected: return []
        case .greeting: return unanswered("hello")
        case .registering: return unanswered("the registration of our channel")
        case .pinging: return unanswered("a ping")
        case .ready:
            state = .pinging(until: now + settings.requestTimeoutSeconds)
            return [.send(.ping)]
        }
    }
}

// MARK: - What the push service said

extension UserAgentSession {
    /// Any frame is a sign of life.
    private mutating func heard(_ now: Date) {
        switch state {
        case .ready, .pinging: state = .ready(quietSince: now)
        case .disconnected, .greeting, .registering: break
        }
    }

    private mutating func greeted(_ uaid: String?, _ status: Int?, _ now: Date) -> [Action] {
        guard case .greeting = state else { return [] }
        guard let uaid, !uaid.isEmpty, (status ?? 200) == 200 else {
            return [.disconnect(.refused, "The push service does not greet back: status \(status ?? 0)")]
        }
        greetedAt = now
        let renamed = uaid != identity.uaid
        if renamed { identity.rename(uaid) }
        return (renamed ? [.save] : []) + subscribe(now)
    }

    private mutating func subscribe(_ now: Date) -> [Action] {
        if identity.endpoint != nil {
            state = .ready(quietSince: now)
            return [.announce]
        }
        state = .registering(until: now + settings.requestTimeoutSeconds)
        return [.send(.register(channelID: identity.channelID, key: identity.applicationServerKey ?? ""))]
    }

    private mutating func registered(_ channelID: String, _ status: Int, _ endpoint: String?, _ now: Date) -> [Action] {
        guard case .registering = state, isOurs(channelID) else { return [] }
        guard status == 200, let endpoint = endpoint.flatMap({ try? WebPushEndpoint($0) }) else {
            return [.disconnect(.refused, "The push service does not register our channel: status \(status)")]
        }
        identity.registered(at: endpoint)
        state = .ready(quietSince: now)
        return [.save, .announce]
    }

    private func notified(_ message: MessageFrame, _ now: Date) -> [Action] {
        guard isOurs(message.channelID) else {
            // Left over from another key or a lost file: nobody can read it.
            return [ack(message, .notDelivered), .send(.unregister(channelID: message.channelID))]
        }
        guard !identity.remembers(message.version) else { return [ack(message, .notDelivered)] }
        do {
            let payload = try MessageDecryption(key: identity.key).open(message)
            return [.deliver(message, ReceivedMessage(version: message.version, payload: payload, receivedAt: now))]
        } catch {
            return [
                ack(message, .undecryptable),
                .report(.undecryptable(version: message.version, reason: error.message)),
            ]
        }
    }

    private func isOurs(_ channelID: String) -> Bool { channelID.lowercased() == identity.channelID }

    private func ack(_ message: MessageFrame, _ code: AckCode) -> Action {
        .send(.ack(channelID: message.channelID, version: message.version, code))
    }

    private func unanswered(_ what: String) -> [Action] {
        [.disconnect(.timedOut, "The push service does not answer \(what)")]
    }
}
