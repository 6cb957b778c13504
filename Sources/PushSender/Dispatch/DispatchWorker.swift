#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import WebPush

/// Sends what was claimed: reads a page, attempts its devices at once, records what came of it.
struct DispatchWorker: Sendable {
    let store: any PushStore
    let providers: [ProviderName: any PushProvider]
    let lanes: Lanes
    let rates: any RateLedger
    let settings: DispatchSettings
    let leases: LeaseBook
    let background: BackgroundWork
    let flights: FlightControl
    let observer: any SenderObserver
    /// Tells the dispatcher, and those of other nodes, that there is work.
    let announce: @Sendable () -> Void
    let now: @Sendable () -> Date
    let clock: any Clock<Duration>

    /// Sends a slice to its end, or until the lease is lost, its lane closes or `isStopping`.
    /// - Parameters:
    ///   - hands: how many workers may have nothing to do, with this one, when nobody has begun the slice.
    ///   - mayShare: whether another worker has nothing to do.
    func send(
        _ claimed: ClaimedSlice, hands: Int = 1, mayShare: @Sendable () -> Bool, _ isStopping: @Sendable () -> Bool
    ) async {
        guard let provider = providers[claimed.slice.lane.provider] else { return }
        let push = claimed.push
        let prepared = provider.prepare(push, lane: claimed.slice.lane)
        var slice = claimed.slice
        guard var recipients = await page(of: slice, push) else { return }

        while true {
            let allowed: Int
            switch await admission(of: recipients.count, in: slice.lane, push) {
            case .go(let devices): allowed = devices
            case .notBefore(let until): return await release(slice, claimed.owner, push, until: until)
            }
            let isFinished = recipients.count < settings.pageDevices && allowed >= recipients.count
            recipients = Array(recipients.prefix(allowed))
            let before = slice
            if let last = recipients.last {
                slice.cursor = DeviceCursor(shard: last.device.shard, device: last.device)
            }
            if !isFinished {
                var hands = before.isFresh ? min(hands, slice.pagesLikeTheFirst) : mayShare() ? 2 : 1
                while hands > 1, let given = slice.cut(hands) {
                    guard await give(given, of: before, keeping: slice.range, push, claimed.owner) else { return }
                    hands -= 1
                }
            }
            let after = slice
            // Read ahead while the page flies; the record waits for neither.
            async let next = isFinished ? nil : page(of: after, push)
            var settlement = PageSettlement(
                push, lane: slice.lane, source: .slice(slice, isFinished: isFinished, given: nil, release: .kept),
                policy: settings.retry, now: now())
            let late = await attempt(
                recipients.filter { prepared.suits($0.token) }.map { Attempt($0) }, of: push, provider, prepared, &settlement)
            let isLast = isFinished || isStopping()
            if isLast { settlement.release() }
            let isOurs = await record(settlement, claimed.owner)
            if isOurs { settleLater(late, claimed.owner, push, slice.lane, provider) }
            guard isOurs, !isLast, let following = await next else { return }
            recipients = following
        }
    }

    /// Sends a page of retries, push by push.
    func send(_ claimed: ClaimedRetries, in lane: Lane) async {
        guard let provider = providers[lane.provider] else { return }
        for (id, retries) in Dictionary(grouping: claimed.retries, by: \.push) {
            guard let push = claimed.pushes[id] else { continue }
            var settlement = PageSettlement(push, lane: lane, source: .retries, policy: settings.retry, now: now())
            let prepared = provider.prepare(push, lane: lane)
            for retry in retries where retry.recipient == nil {
                settlement.lose(.init(device: retry.device, attempts: retry.attempts, isWaiting: true))
            }
            let attempts = retries.compactMap { retry in
                retry.recipient.map { Attempt($0, attempts: retry.attempts, isWaiting: true) }
            }
            var late: LateAttempts?
            switch await admission(of: attempts.count, in: lane, push) {
            case .go(let allowed):
                for attempt in attempts.dropFirst(allowed) { settlement.hold(attempt.target, until: now().addingTimeInterval(1)) }
                late = await self.attempt(Array(attempts.prefix(allowed)), of: push, provider, prepared, &settlement)
            case .notBefore(let until):
                for attempt in attempts { settlement.hold(attempt.target, until: until) }
            }
            if await record(settlement, claimed.owner) { settleLater(late, claimed.owner, push, lane, provider) }
        }
    }

    // MARK: Admission

    private enum Admission {
        /// So many devices may be attempted now.
        case go(devices: Int)
        case notBefore(Date)
    }

    /// Waits for the lane's rate; a lane that is closed for longer isn't waited for.
    private func admission(of devices: Int, in lane: Lane, _ push: Push) async -> Admission {
        while true {
            let moment = now()
            guard devices > 0, !push.isExpired(at: moment) else { return .go(devices: devices) }
            guard let until = await closedUntil(lane, moment, devices) else {
                return .go(devices: lanes.withGate(lane) { $0.admit(devices, now: moment) })
            }
            let seconds = until.timeIntervalSince(moment)
            guard seconds <= 1, (try? await clock.sleep(for: .seconds(seconds))) != nil else { return .notBefore(until) }
        }
    }

    /// What is let through is taken from the rate.
    private func closedUntil(_ lane: Lane, _ moment: Date, _ devices: Int) async -> Date? {
        if let until = lanes.withGate(lane, { $0.closedUntil(now: moment) }) { return until }
        guard let perSecond = settings.lane(lane.provider).devicesPerSecond else { return nil }
        do {
            return try await rates.take(devices, of: lane, perSecond: perSecond, now: moment)
        } catch {
            observer.report(.storeUnavailable(reason: "\(error)"))
            return moment.addingTimeInterval(1)
        }
    }

    /// Gives a part of the slice away before its page flies: whoever has a hand free needn't wait for it.
    /// - Returns: whether the slice is still ours.
    private func give(
        _ given: ShardRange, of slice: Slice, keeping range: ShardRange, _ push: Push, _ owner: LeaseOwner
    ) async -> Bool {
        var kept = slice
        kept.range = range
        let settlement = PageSettlement(
            push, lane: slice.lane, source: .slice(kept, isFinished: false, given: given, release: .kept),
            policy: settings.retry, now: now())
        let isOurs = await record(settlement, owner)
        if isOurs { announce() }
        return isOurs
    }

    private func release(_ slice: Slice, _ owner: LeaseOwner, _ push: Push, until: Date) async {
        var settlement = PageSettlement(
            push, lane: slice.lane, source: .slice(slice, isFinished: false, given: nil, release: .kept),
            policy: settings.retry, now: now())
        settlement.release(dueAt: push.policy.ttl.seconds > 0 ? min(until, push.expiresAt) : now())
        _ = await record(settlement, owner)
    }

    // MARK: Attempts

    private struct Attempt: Sendable {
        let recipient: Recipient
        let target: PageSettlement.Target

        init(_ recipient: Recipient, attempts: Int = 0, isWaiting: Bool = false) {
            self.recipient = recipient
            target = .init(device: recipient.device, attempts: attempts, isWaiting: isWaiting)
        }
    }

    /// Attempts that hadn't landed when their page was recorded.
    private struct LateAttempts: Sendable {
        let flight: Flight
        let attempts: [(index: Int, target: PageSettlement.Target)]
    }

    private func attempt(
        _ attempts: [Attempt], of push: Push, _ provider: any PushProvider, _ prepared: any PreparedPush,
        _ settlement: inout PageSettlement
    ) async -> LateAttempts? {
        let startedAt = now()
        guard !push.isExpired(at: startedAt) else {
            for attempt in attempts { settlement.expire(attempt.target) }
            return nil
        }
        let attempts = holdBack(attempts, provider, &settlement)
        guard !attempts.isEmpty else { return nil }
        let flight = Flight(attempts.map(\.recipient), prepared, startedAt: startedAt)
        flights.started(flight)
        background.start { await flight.fly() }
        await flight.landedOrCut()
        flights.ended(flight)
        let late = settle(attempts.enumerated().map { ($0, $1.target) }, flight, provider, &settlement)
        guard !late.isEmpty else { return nil }
        let leaseUntil = now().addingTimeInterval(settings.leaseSeconds)
        for attempt in late { settlement.leaveInFlight(attempt.target, leaseUntil: leaseUntil) }
        return LateAttempts(flight: flight, attempts: late)
    }

    /// Leaves out devices whose far side is closed.
    private func holdBack(
        _ attempts: [Attempt], _ provider: any PushProvider, _ settlement: inout PageSettlement
    ) -> [Attempt] {
        let lane = settlement.record.lane
        guard lanes.withGate(lane, { $0.hasTroubledFarSides }) else { return attempts }
        let moment = now()
        return attempts.filter { attempt in
            guard let farSide = provider.farSide(of: attempt.recipient.token) else { return true }
            let closedUntil: Date? = lanes.withGate(lane) { gate in
                gate.permit(1, farSide: farSide, now: moment) == 1
                    ? nil : gate.closedUntil(farSide: farSide, now: moment) ?? moment.addingTimeInterval(1)
            }
            guard let closedUntil else { return true }
            settlement.hold(attempt.target, until: closedUntil)
            return false
        }
    }

    /// - Returns: those that haven't landed yet.
    private func settle(
        _ attempts: [(index: Int, target: PageSettlement.Target)], _ flight: Flight, _ provider: any PushProvider,
        _ settlement: inout PageSettlement
    ) -> [(index: Int, target: PageSettlement.Target)] {
        let outcomes = flight.outcomes
        let landed = attempts.compactMap { attempt in outcomes[attempt.index].map { (attempt, $0) } }
        let mayDisable = judge(
            landed.map { (flight.recipients[$0.0.index].token, $0.1) }, provider, settlement.record.lane)
        var random = SystemRandomNumberGenerator()
        for (attempt, outcome) in landed {
            settlement.settle(
                attempt.target, outcome, startedAt: flight.startedAt, mayDisable: mayDisable, random: &random)
        }
        return landed.count == attempts.count ? [] : attempts.filter { outcomes[$0.index] == nil }
    }

    /// What the outcomes say about the lane and its far sides.
    /// - Returns: whether dead tokens are to be believed.
    private func judge(_ outcomes: [(token: Token, outcome: Outcome)], _ provider: any PushProvider, _ lane: Lane) -> Bool {
        var tallies: [String: OutcomeTally] = [:]
        for (token, outcome) in outcomes {
            tallies[provider.farSide(of: token) ?? LaneGate.onlyFarSide, default: OutcomeTally()].add(outcome)
        }
        let moment = now()
        for (farSide, tally) in tallies { observe(tally, farSide, lane, moment) }
        let dead = tallies.values.reduce(0) { $0 + $1.dead }
        let verdict = lanes.withGate(lane) { $0.judgeDeadTokens(attempts: outcomes.count, dead: dead, now: moment) }
        if verdict.hasJustTripped { observer.report(.tooManyDead(lane: lane)) }
        return verdict.mayDisable
    }

    private func observe(_ tally: OutcomeTally, _ farSide: String, _ lane: Lane, _ moment: Date) {
        var random = SystemRandomNumberGenerator()
        let closing = lanes.withGate(lane) {
            $0.observe(tally, farSide: farSide, retry: settings.retry, now: moment, random: &random)
        }
        let named = farSide == LaneGate.onlyFarSide ? nil : farSide
        switch closing {
        case nil: break
        case .unauthorized(let until, let problem):
            observer.report(.unauthorized(lane: lane, farSide: named, until: until, problem: problem))
        case .throttled(let until): observer.report(.throttled(lane: lane, farSide: named, until: until))
        case .unavailable(let until): observer.report(.unavailable(lane: lane, farSide: named, until: until))
        }
    }

    /// Settles what was in the air when its page was recorded, once it has landed.
    private func settleLater(
        _ late: LateAttempts?, _ owner: LeaseOwner, _ push: Push, _ lane: Lane, _ provider: any PushProvider
    ) {
        guard let late else { return }
        leases.hold(owner)
        background.start {
            defer { leases.close(owner) }
            await late.flight.landed()
            var settlement = PageSettlement(push, lane: lane, source: .retries, policy: settings.retry, now: now())
            _ = settle(late.attempts.map { ($0.index, $0.target.waiting) }, late.flight, provider, &settlement)
            _ = await record(settlement, owner)
        }
    }

    // MARK: The store, which may be away for a while

    private func page(of slice: Slice, _ push: Push) async -> [Recipient]? {
        await persistently {
            try await store.page(
                of: slice, audience: push.audience, app: push.app, limit: settings.pageDevices)
        }
    }

    /// - Returns: whether the page counts, so that the slice may go on.
    private func record(_ settlement: PageSettlement, _ owner: LeaseOwner) async -> Bool {
        let page = settlement.record
        guard let isOurs = await persistently({ try await store.record(page, owner: owner) }) else { return false }
        observer.report(
            isOurs
                ? .recorded(push: page.push, lane: page.lane, counters: page.counters)
                : .leaseLost(push: page.push))
        return isOurs
    }

    /// Until it works or the task is cancelled: what was sent must not be forgotten because a disk was full for a minute.
    private func persistently<Value: Sendable>(_ work: () async throws -> Value) async -> Value? {
        var delay = Duration.milliseconds(100)
        while !Task.isCancelled {
            do { return try await work() } catch { observer.report(.storeUnavailable(reason: "\(error)")) }
            try? await clock.sleep(for: delay)
            delay = min(delay * 2, .seconds(5))
        }
        return nil
    }
}
