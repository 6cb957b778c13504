import HTTPTransport

extension HTTP2Connection {
    /// Call at ``nextTick`` or later: ends what is overdue, asks whether a silent far side is there, retires what is old.
    mutating func tick(now: ContinuousClock.Instant, _ actions: inout Actions) {
        guard phase != .closed else { return }
        expire(now: now, &actions)
        switch liveness.verdict(now: now) {
        case .fine: break
        case .ping: ping(now: now, &actions)
        case .dead: return lose("the far side has gone silent", &actions)
        }
        if now >= limits.retiresAt || isIdleForTooLong(now: now) { drain(&actions) }
        if streams.isEmpty { becameIdle(now: now, &actions) }
    }

    /// When ``tick(now:_:)`` has something to do, if nothing comes.
    var nextTick: ContinuousClock.Instant? {
        guard phase != .closed else { return nil }
        var next = liveness.nextCheck
        if let earliestDeadline { next = min(next, earliestDeadline) }
        if phase == .open { next = min(next, limits.retiresAt) }
        if phase == .open, streams.isEmpty { next = min(next, liveness.changedAt + limits.settings.idleTimeout) }
        return next
    }

    /// No new requests; closes when the last reply is there.
    mutating func drain(_ actions: inout Actions) {
        guard phase == .open || phase == .opening else { return }
        phase = .draining
        if streams.isEmpty { close(.noError, &actions) }
    }

    /// The far side has closed, or the connection broke: nobody knows what became of the open requests.
    mutating func lose(_ reason: String, _ actions: inout Actions) {
        phase = .closed
        actions.closes = true
        for id in streams.keys.sorted() { end(id, .failure(StreamFailure(.broken, reason)), &actions) }
    }

    /// RFC 9113 §5.4.1.
    mutating func fail(_ fault: ConnectionFault, _ actions: inout Actions) {
        actions.bytes.writeGoAway(fault.code)
        lose("the far side broke the protocol: \(fault.reason)", &actions)
    }

    /// Ends the requests of a batch that nobody waits for any more.
    mutating func cancel(_ batch: Batch, _ actions: inout Actions) {
        for id in streams.keys.filter({ streams[$0]?.ticket.batch === batch }).sorted() {
            actions.bytes.writeResetStream(id, .cancel)
            end(id, .failure(StreamFailure(.broken, "the request was cancelled on its way")), &actions)
        }
    }

    mutating func becameIdle(now: ContinuousClock.Instant, _ actions: inout Actions) {
        liveness.setBusy(false, now: now)
        earliestDeadline = nil
        if phase == .draining { close(.noError, &actions) }
    }

    private mutating func close(_ code: ErrorCode, _ actions: inout Actions) {
        phase = .closed
        actions.bytes.writeGoAway(code)
        actions.closes = true
    }

    private func isIdleForTooLong(now: ContinuousClock.Instant) -> Bool {
        phase == .open && streams.isEmpty && now >= liveness.changedAt + limits.settings.idleTimeout
    }

    private mutating func ping(now: ContinuousClock.Instant, _ actions: inout Actions) {
        liveness.pinged(now: now)
        actions.bytes.writePing(0x6865_7261_6C64, isAnswer: false)
    }

    /// A reply that has all we wanted of it is one, though its end never came. Another's stream is reset, and the connection suspected.
    private mutating func expire(now: ContinuousClock.Instant, _ actions: inout Actions) {
        guard let earliestDeadline, now >= earliestDeadline else { return }
        for id in streams.keys.filter({ streams[$0].map { $0.ticket.batch.deadline <= now } ?? false }).sorted() {
            guard let stream = streams[id] else { continue }
            actions.bytes.writeResetStream(id, .cancel)
            if stream.status != 0, stream.discarded > 0 {
                end(id, .success(TransportReply(status: stream.status, headers: stream.headers, body: stream.body)), &actions)
            } else {
                end(id, .failure(StreamFailure(.timedOut, "no answer within the deadline")), &actions)
                if liveness.doubt() { ping(now: now, &actions) }
            }
        }
        self.earliestDeadline = streams.values.lazy.map(\.ticket.batch.deadline).min()
    }
}
