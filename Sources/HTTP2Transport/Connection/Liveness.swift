/// Whether the far side is still there. Silence is answered with a PING, silence after that ends the connection: a connection that went
/// quiet without being closed is the most common outage of push servers.
struct Liveness {
    typealias Instant = ContinuousClock.Instant

    enum Verdict {
        case fine
        case ping
        case dead
    }

    private let settings: HTTP2TransportSettings
    private(set) var lastReceived: Instant
    /// Since when there are requests, or since when there are none.
    private(set) var changedAt: Instant
    private var isBusy = false
    private(set) var pingedAt: Instant?
    /// A reply is overdue and a PING is out: new requests had better go elsewhere.
    private(set) var isSuspect = false

    init(settings: HTTP2TransportSettings, now: Instant) {
        self.settings = settings
        lastReceived = now
        changedAt = now
    }

    /// Any bytes are a sign of life.
    mutating func received(now: Instant) {
        lastReceived = now
        pingedAt = nil
        isSuspect = false
    }

    mutating func setBusy(_ busy: Bool, now: Instant) {
        guard busy != isBusy else { return }
        isBusy = busy
        changedAt = now
    }

    /// A request timed out: ask now.
    mutating func doubt() -> Bool {
        isSuspect = true
        return pingedAt == nil
    }

    mutating func pinged(now: Instant) { pingedAt = now }

    mutating func verdict(now: Instant) -> Verdict {
        guard now >= nextCheck else { return .fine }
        guard pingedAt == nil else { return .dead }
        isSuspect = isBusy
        return .ping
    }

    /// When ``verdict(now:)`` will be something else than `fine`, if nothing comes.
    var nextCheck: Instant {
        if let pingedAt { return pingedAt + settings.pingTimeout }
        return isBusy ? max(lastReceived, changedAt) + settings.replyOverdueAfter : lastReceived + settings.idlePingInterval
    }
}
