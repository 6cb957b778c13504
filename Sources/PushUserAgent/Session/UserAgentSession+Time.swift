import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// MARK: - Time, signs of life, networks

extension UserAgentSession {
    /// When `tick` has something to do; nil when there is no connection.
    var deadline: Date? {
        switch state {
        case .disconnected: nil
        case .greeting(let until): until
        case .ready: ([silence.deadline] + registering.values).min()
        }
    }

    /// Time passed. Early calls do nothing.
    mutating func tick(now: Date) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        if case .greeting = state { return unanswered("hello") }
        if registering.values.contains(where: { $0 <= now }) { return unanswered("the registration of a channel") }
        switch silence.tick(now: now) {
        case .nothing: return []
        case .ping: return [.send(.ping)]
        case .dead(let learned): return remember(learned) + unanswered("a ping")
        }
    }

    private func unanswered(_ what: String) -> [Action] {
        [.disconnect(.timedOut, "The push service does not answer \(what)")]
    }

    /// A byte came.
    mutating func heard(now: Date) -> [Action] {
        guard isReady else { return [] }
        return remember(silence.heard(now: now))
    }

    mutating func remember(_ learned: KeepAlive?) -> [Action] {
        guard let learned else { return [] }
        identity.learned(learned, of: silence.network)
        return [.save]
    }

    /// The device is awake again, or on another network: is the connection alive?
    mutating func doubted(network: String?, now: Date) -> [Action] {
        if let network, network != silence.network {
            silence.move(to: network, with: identity.keepAlives[network])
        }
        guard isReady else { return [] }
        return silence.doubt(now: now) ? [.send(.ping)] : [.probe]
    }

    mutating func want(_ urgency: Urgency) -> [Action] {
        settings.urgency = urgency
        return isReady ? [.send(.want(urgency))] : []
    }
}
