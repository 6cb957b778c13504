import HTTPTransport

/// The connections to one origin and the requests that wait for them, as a pure state machine.
///
/// Requests are pulled: they wait here, and a connection that has free streams takes as many as it can carry. So a connection that is
/// being opened, drained, or silent holds up nothing but what it has already taken.
struct OriginPool {
    typealias Instant = ContinuousClock.Instant

    /// What the shell has to do after an event.
    struct Plan {
        /// These have free streams and should take requests.
        var wake: [ConnectionID] = []
        var connect: [ConnectionID] = []
        var fail: [(run: Run, error: TransportError)] = []
        var toHTTP1: [Run] = []
        /// When ``tick(now:)`` has to be called at the latest.
        var tickAt: Instant?
    }

    private enum State {
        /// Becomes `ready`, or is forgotten.
        case connecting
        /// - free: streams it could open when it was last asked.
        /// - isWoken: it will come and take requests soon.
        /// - isProven: it has answered a request.
        case ready(free: Int, isWoken: Bool, isProven: Bool)
        /// Takes no more. Forgotten when it is closed.
        case draining

        var isUsable: Bool {
            if case .draining = self { return false }
            return true
        }

        var isReady: Bool {
            if case .ready = self { return true }
            return false
        }
    }

    private let settings: HTTP2TransportSettings
    /// A connection shows what it can carry only after its first success.
    private let startsWithOneStream: Bool
    private var connections: [(id: ConnectionID, state: State)] = []
    private var waiting = WaitingLine()
    private var backoff: ConnectBackoff
    private var http1Until: Instant?
    private var nextID = 0
    /// Where the look for a free connection begins, so that small batches use them all.
    private var turn = 0
    /// What a new connection is expected to carry.
    private var expectedStreams = 100

    init(settings: HTTP2TransportSettings, startsWithOneStream: Bool = false) {
        self.settings = settings
        self.startsWithOneStream = startsWithOneStream
        backoff = ConnectBackoff(first: settings.connectBackoff, limit: settings.connectBackoffLimit)
    }

    // MARK: Requests

    mutating func enqueue(_ runs: [Run], now: Instant) -> Plan {
        if let http1Until, now < http1Until { return Plan(toHTTP1: runs) }
        for run in runs { waiting.append(run) }
        return plan(now: now)
    }

    /// A connection tells what it can carry, and takes as much of what waits.
    mutating func take(_ id: ConnectionID, available: Int) -> [Run] {
        guard let place = place(of: id), case .ready(_, _, let isProven) = connections[place].state else { return [] }
        let isOnlyOne = !connections.contains { $0.id != id && $0.state.isUsable }
        let runs = waiting.take(available) { $0.refusedBy == id && !isOnlyOne }
        let taken = runs.reduce(0) { $0 + $1.indices.count }
        connections[place].state = .ready(free: available - taken, isWoken: false, isProven: isProven)
        return runs
    }

    /// The far side did nothing with these; they are safe to be sent once more.
    mutating func takeBack(_ runs: [Run], now: Instant) -> Plan {
        for run in runs { waiting.append(run) }
        return plan(now: now)
    }

    mutating func cancel(_ batch: Batch) -> [Run] { waiting.removeAll { $0.batch === batch } }

    mutating func tick(now: Instant) -> Plan {
        let overdue = waiting.removeAll { $0.batch.deadline <= now }
        var plan = plan(now: now)
        let error = hasReady
            ? TransportError(.timedOut, "no stream became free within the deadline")
            : backoff.lastError ?? TransportError(.unreachable, "no connection within the deadline")
        plan.fail += overdue.map { ($0, error) }
        return plan
    }

    // MARK: Connections

    mutating func connected(_ id: ConnectionID, available: Int) {
        guard let place = place(of: id) else { return }
        connections[place].state = .ready(free: available, isWoken: true, isProven: false)
        if !startsWithOneStream { expectedStreams = max(1, available) }
        http1Until = nil
    }

    /// A reply came: the origin works.
    mutating func proved(_ id: ConnectionID) {
        guard let place = place(of: id), case .ready(let free, let isWoken, false) = connections[place].state else { return }
        connections[place].state = .ready(free: free, isWoken: isWoken, isProven: true)
        backoff.succeeded()
    }

    mutating func draining(_ id: ConnectionID, now: Instant) -> Plan {
        guard let place = place(of: id) else { return Plan() }
        connections[place].state = .draining
        return plan(now: now)
    }

    /// - Parameter error: why it never became usable; nil if it was.
    mutating func closed(_ id: ConnectionID, error: TransportError?, now: Instant, jitter: Double) -> Plan {
        guard let place = place(of: id) else { return Plan() }
        let state = connections.remove(at: place).state
        if let error {
            backoff.failed(error, now: now, jitter: jitter)
        } else if case .ready(_, _, false) = state {
            disappointed(now: now, jitter: jitter)
        }
        return plan(now: now)
    }

    /// The far side has no HTTP/2.
    mutating func speaksHTTP1(_ id: ConnectionID, now: Instant) -> Plan {
        http1Until = now + settings.http1Memory
        connections.removeAll { $0.id == id }
        return Plan(toHTTP1: waiting.removeAll { _ in true })
    }

    /// Nothing here that is worth being kept.
    func isDisposable(now: Instant) -> Bool {
        connections.isEmpty && waiting.isEmpty && backoff.refusal(now: now) == nil && !(http1Until.map { now < $0 } ?? false)
    }

    // MARK: -

    /// Who should take what waits: those with free streams, then new connections as far as the limit goes.
    private mutating func plan(now: Instant) -> Plan {
        var plan = Plan(tickAt: waiting.earliestDeadline)
        var left = waiting.count
        guard left > 0 else { return plan }
        turn += 1
        for offset in connections.indices {
            left -= wake((turn + offset) % connections.count, left: left, &plan)
        }
        guard left > 0 else { return plan }
        if let error = backoff.refusal(now: now) {
            if !hasUsable { plan.fail = waiting.removeAll { _ in true }.map { ($0, error) } }
        } else {
            connect(forRequests: left, &plan)
        }
        return plan
    }

    /// - Returns: how many requests the connection is expected to take.
    private mutating func wake(_ place: Int, left: Int, _ plan: inout Plan) -> Int {
        switch connections[place].state {
        case .connecting: return expectedStreams
        case .draining: return 0
        case .ready(let free, let isWoken, let isProven):
            let carries = startsWithOneStream && !isProven ? expectedStreams : free
            guard free > 0, left > 0, !isWoken else { return carries }
            connections[place].state = .ready(free: free, isWoken: true, isProven: isProven)
            plan.wake.append(connections[place].id)
            return carries
        }
    }

    private mutating func connect(forRequests count: Int, _ plan: inout Plan) {
        let usable = connections.count { $0.state.isUsable }
        let wanted = (count + expectedStreams - 1) / expectedStreams
        for _ in 0..<max(0, min(wanted, settings.connectionsPerOrigin - usable)) {
            let id = ConnectionID(number: nextID)
            nextID += 1
            connections.append((id, .connecting))
            plan.connect.append(id)
        }
    }

    /// A connection that ends before it answered anything is as bad as none.
    private mutating func disappointed(now: Instant, jitter: Double) {
        backoff.failed(
            TransportError(.unreachable, "the far side closes connections without answering on them"), now: now, jitter: jitter)
    }

    private var hasUsable: Bool { connections.contains { $0.state.isUsable } }
    private var hasReady: Bool { connections.contains { $0.state.isReady } }
    private func place(of id: ConnectionID) -> Int? { connections.firstIndex { $0.id == id } }
}
