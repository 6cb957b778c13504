#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A connection's silence: when it must be broken by a ping, and what it teaches about the network.
struct Silence: Sendable {
    enum Due: Equatable {
        case nothing
        case ping
        /// The ping was left unanswered.
        /// - Parameter learned: what is new about the network.
        case dead(learned: KeepAlive?)
    }

    private enum State {
        case since(Date)
        /// - Parameter silenceSeconds: before the ping; nil when it proves nothing.
        case pinged(until: Date, silenceSeconds: Double?)
    }

    private let rules: KeepAliveRules
    private let timeoutSeconds: Double
    /// The network's name, by which it is remembered.
    private(set) var network = "default"
    private var keepAlive: KeepAlive
    private var state = State.since(.distantPast)
    private var lastPing: Date?

    /// A timer that comes so late says that the device slept.
    private static let sleepSeconds = 10.0

    init(rules: KeepAliveRules, timeoutSeconds: Double) {
        self.rules = rules
        self.timeoutSeconds = timeoutSeconds
        keepAlive = KeepAlive(rules)
    }

    /// A connection is ready.
    ///
    /// - Parameter known: what is remembered of its network.
    mutating func begin(with known: KeepAlive?, now: Date) {
        know(known)
        state = .since(now)
        lastPing = nil
    }

    /// The device is on another network.
    mutating func move(to network: String, with known: KeepAlive?) {
        self.network = network
        keepAlive = KeepAlive(rules)
        know(known)
    }

    private mutating func know(_ known: KeepAlive?) {
        // What this run has learned is the same or newer.
        if let known, known.provenSeconds != keepAlive.provenSeconds || known.heldUntil != keepAlive.heldUntil { keepAlive = known }
        keepAlive.begin(rules)
    }

    /// When `tick` has something to do.
    var deadline: Date {
        switch state {
        case .since(let date): date + keepAlive.intervalSeconds
        case .pinged(let until, _): until
        }
    }

    mutating func tick(now: Date) -> Due {
        guard now >= deadline else { return .nothing }
        switch state {
        case .since(let date):
            let isLate = now.timeIntervalSince(deadline) > Self.sleepSeconds
            ping(afterSilenceOf: isLate ? nil : now.timeIntervalSince(date), now: now)
            return .ping
        case .pinged(_, let silenceSeconds):
            state = .pinged(until: .distantFuture, silenceSeconds: nil)
            let isNew = silenceSeconds.map { keepAlive.broke(afterSilenceOf: $0, rules, now: now) } ?? false
            return .dead(learned: isNew ? keepAlive : nil)
        }
    }

    private mutating func ping(afterSilenceOf seconds: Double?, now: Date) {
        lastPing = now
        state = .pinged(until: now + timeoutSeconds, silenceSeconds: seconds)
    }

    /// The connection may be dead: it has to answer now.
    ///
    /// - Returns: false when a ping of the push protocol would come too soon after the last one.
    mutating func doubt(now: Date) -> Bool {
        let mayPing = lastPing.map { now.timeIntervalSince($0) >= rules.minimumSeconds } ?? true
        let before = lastPing
        ping(afterSilenceOf: nil, now: now)
        if !mayPing { lastPing = before }
        return mayPing
    }

    /// A byte came.
    ///
    /// - Returns: what is new about the network.
    mutating func heard(now: Date) -> KeepAlive? {
        defer { state = .since(now) }
        guard case .pinged(_, .some) = state else { return nil }
        return keepAlive.survived(rules, now: now) ? keepAlive : nil
    }

    /// A byte went: the network isn't silent, but that says nothing about the far side.
    mutating func spoke(now: Date) {
        if case .since = state { state = .since(now) }
    }

    /// The connection ended.
    ///
    /// - Parameter silently: whether nobody said goodbye, as when a proxy has lost its patience.
    /// - Returns: what is new about the network.
    mutating func end(silently: Bool, now: Date) -> KeepAlive? {
        defer { state = .since(.distantPast) }
        guard silently, let seconds = silenceSeconds(now) else { return nil }
        return keepAlive.broke(afterSilenceOf: seconds, rules, now: now) ? keepAlive : nil
    }

    /// - Returns: nil when it proves nothing: the device slept, or it was in doubt anyway.
    private func silenceSeconds(_ now: Date) -> Double? {
        guard case .since(let date) = state else {
            // A network that forgot the connection may answer the ping by ending it.
            if case .pinged(_, let seconds) = state { return seconds }
            return nil
        }
        let seconds = now.timeIntervalSince(date)
        return seconds <= keepAlive.intervalSeconds + Self.sleepSeconds ? seconds : nil
    }
}
