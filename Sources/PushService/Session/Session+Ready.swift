import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a session ends from within.
struct SessionEnd: Error {
    let close: SessionClose
}

extension Session {
    /// The part of a session that has its hello reply: subscriptions, deliveries, acknowledgements, pings.
    struct Ready: Sendable {
        let uaid: UAID
        private let rules: SessionRules
        var window: DeliveryWindow
        /// Broadcasts that the user agent wants to hear of, with the versions it has.
        var interest: [String: String] = [:]
        /// Registrations and unregistrations that the store hasn't answered yet.
        var pendingRequests = 0
        private var lastPing: Date?
        /// When "last connected" has to be renewed.
        private(set) var nextRecord: Date

        init(uaid: UAID, isNew: Bool, wanted: Urgency, rules: SessionRules, now: Date) {
            self.uaid = uaid
            self.rules = rules
            window = DeliveryWindow(limits: rules.limits, hasBacklog: !isNew, wanted: wanted)
            nextRecord = now.addingTimeInterval(rules.limits.connectionRecordIntervalSeconds)
        }

        var codec: EndpointCodec { rules.codec }
        var limits: PushServiceLimits { rules.limits }

        mutating func handle(
            _ event: SessionEvent, _ board: BroadcastBoard?, now: Date
        ) throws(SessionEnd) -> [SessionAction] {
            switch event {
            case .frame(let frame): try receive(parse(frame), board, now: now)
            case .registered(let registration): answer(registration)
            case .registrationFailed(let channel): answer(channel, status: 500, "The store failed, try again")
            case .unregistered(let channel): answer(channel, status: 200)
            case .unregistrationFailed(let channel): answer(channel, status: 500)
            case .loaded(let page): deliver(window.loaded(page), now: now) + loadIfDue()
            case .offered(let message): offer(message, now: now) + loadIfDue()
            case .stored(let sequence): hear(of: sequence) + loadIfDue()
            case .probed(let isUrgent): probed(isUrgent) + loadIfDue()
            case .announced(let board): tell(of: board)
            case .tick: renewRecordIfDue(now: now)
            // These end the session or belong before the hello reply; the session has dealt with them.
            case .lookedUp, .storeFailed, .replaced, .serverStopping: []
            }
        }

        private func parse(_ frame: String) throws(SessionEnd) -> ClientMessage {
            do throws(MalformedFrame) {
                return try ClientMessage(frame: frame)
            } catch {
                throw SessionEnd(close: .protocolFault(error.reason))
            }
        }

        private mutating func receive(
            _ message: ClientMessage, _ board: BroadcastBoard?, now: Date
        ) throws(SessionEnd) -> [SessionAction] {
            switch message {
            case .hello: throw SessionEnd(close: .protocolFault("hello was already said"))
            case .register(let channel, let key): try register(channel, key: key)
            case .unregister(let channel, let code): try unregister(channel, code: code)
            case .acknowledge(let acknowledgements): acknowledge(acknowledgements) + loadIfDue()
            case .failed(_, let code): [.note(.failedInUserAgent(code: code))]
            case .subscribeToBroadcasts(let known): subscribe(to: known, board)
            case .want(let urgency, let isAnswered): want(urgency, isAnswered: isAnswered) + loadIfDue()
            case .ping: try pong(now: now) + wake()
            case .unknown: [.note(.skippedFrame)]
            }
        }
    }
}

// MARK: - Other nodes

extension Session.Ready {
    private mutating func hear(of sequence: MessageSequence) -> [SessionAction] {
        window.hear(of: sequence)
        return []
    }
}

// MARK: - Urgency

extension Session.Ready {
    private mutating func want(_ urgency: Urgency, isAnswered: Bool) -> [SessionAction] {
        window.want(urgency)
        return isAnswered ? [.send(.urgency(status: 200))] : []
    }

    private mutating func probed(_ isUrgent: Bool) -> [SessionAction] {
        window.probed(isUrgent)
        return []
    }

    /// The radio is on for the ping anyway: what waits goes along.
    private mutating func wake() -> [SessionAction] {
        window.wake()
        return loadIfDue()
    }
}

// MARK: - Time

extension Session.Ready {
    private mutating func pong(now: Date) throws(SessionEnd) -> [SessionAction] {
        if let lastPing {
            // Whole seconds, so that a ping that the network hurried a little costs nobody the connection.
            let elapsed = (now.timeIntervalSince1970.rounded(.down) - lastPing.timeIntervalSince1970.rounded(.down))
            guard elapsed >= limits.minimumPingIntervalSeconds else { throw SessionEnd(close: .pingsTooOften) }
        }
        lastPing = now
        return [.send(.pong)]
    }

    private mutating func renewRecordIfDue(now: Date) -> [SessionAction] {
        guard now >= nextRecord else { return [] }
        nextRecord = now.addingTimeInterval(limits.connectionRecordIntervalSeconds)
        return [.recordConnection(uaid)]
    }
}
