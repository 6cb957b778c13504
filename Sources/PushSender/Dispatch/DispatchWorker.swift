#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import WebPush

/// Sends what was claimed: reads a page, attempts its devices at once, records what came of it.
struct DispatchWorker: Sendable {
    let store: any PageStore
    let providers: [ProviderName: any PushProvider]
    let lanes: Lanes
    let rates: any RateLedger
    let settings: DispatchSettings
    let leases: LeaseBook
    let background: BackgroundWork
    let flights: FlightControl
    let observer: any SenderObserver
    let preparation: Preparation
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
        guard let job = job(claimed.push, claimed.rules, in: claimed.slice.lane) else { return }
        var push = claimed.push
        var slice = claimed.slice
        guard var recipients = await page(of: slice, job) else { return }

        while true {
            let allowed: Int
            let turn = await turn(of: slice, push, job, devices: recipients.count)
            switch turn {
            case .wait(let release): return await self.release(slice, claimed.owner, push, release)
            case .attempt(let devices): allowed = devices
            case .end, .drop: allowed = recipients.count
            }
            let isFinished = recipients.count < job.pageDevices && allowed >= recipients.count
            recipients = Array(recipients.prefix(allowed))
            let before = slice
            if let last = recipients.last {
                slice.cursor = DeviceCursor(shard: last.device.shard, device: last.device)
            }
            // Devices that nobody has met yet are counted once, when a slice proves to be long.
            let rest = slice
            async let left = before.isFresh ? (isFinished ? 0 : left(of: rest, job.push)) : nil
            if !isFinished {
                var hands = before.isFresh ? min(hands, slice.pagesLikeTheFirst) : mayShare() ? 2 : 1
                while hands > 1, let given = slice.cut(hands) {
                    guard await give(given, of: before, keeping: slice.range, push, claimed.owner) else { return }
                    hands -= 1
                }
            }
            let after = slice
            // Read ahead while the page flies; the record waits for neither.
            async let next = isFinished ? nil : page(of: after, job)
            var settlement = PageSettlement(
                push, lane: slice.lane, source: .slice(slice, isFinished: isFinished, given: nil, release: .kept),
                policy: settings.retry, now: now())
            let attempts = recipients.filter { job.prepared.suits($0.token) }.map { Attempt($0) }
            let late = await carryOut(turn, attempts, job, push, inItsSlice: true, &settlement)
            settlement.count(met: recipients.count, left: await left)
            let isLast = isFinished || isStopping()
            if isLast { settlement.release() }
            let fate = await record(settlement, claimed.owner)
            guard case .written(let ending) = fate else { return }
            settleLater(late, claimed.owner, push, slice.lane, job.provider)
            if let ending { push.ending = ending }
            guard !isLast, let following = await next else { return }
            recipients = following
        }
    }

    /// Sends a page of retries, push by push.
    func send(_ claimed: ClaimedRetries, in lane: Lane) async {
        for (id, retries) in Dictionary(grouping: claimed.retries, by: \.push) {
            guard let push = claimed.pushes[id], let job = job(push, claimed.rules, in: lane) else { continue }
            var settlement = PageSettlement(push, lane: lane, source: .retries, policy: settings.retry, now: now())
            for retry in retries where retry.recipient == nil {
                settlement.lose(.init(device: retry.device, attempts: retry.attempts, isWaiting: true))
            }
            let attempts = retries.compactMap { retry in
                retry.recipient.map { Attempt($0, attempts: retry.attempts, isWaiting: true) }
            }
            var late: LateAttempts?
            let turn = await turn(of: nil, push, job, devices: attempts.count)
            switch turn {
            case .attempt(let allowed):
                for attempt in attempts.dropFirst(allowed) { settlement.hold(attempt.target, until: now().addingTimeInterval(1)) }
                late = await carryOut(turn, Array(attempts.prefix(allowed)), job, push, inItsSlice: false, &settlement)
            case .wait(let release):
                for attempt in attempts { settlement.hold(attempt.target, until: release.due ?? now()) }
            case .end, .drop:
                late = await carryOut(turn, attempts, job, push, inItsSlice: false, &settlement)
            }
            if await record(settlement, claimed.owner) != .lost { settleLater(late, claimed.owner, push, lane, job.provider) }
        }
    }

    // MARK: What is to be done

    /// A push for one lane, ready to be sent.
    private struct Job: Sendable {
        let push: Push
        let lane: Lane
        let provider: any PushProvider
        let prepared: any PreparedPush
        let rule: TurnRule
        /// A paced push goes out in pages that its pace allows.
        let pageDevices: Int
    }

    private func job(_ push: Push, _ rules: AppRules, in lane: Lane) -> Job? {
        guard let provider = providers[lane.provider] else { return nil }
        return Job(
            push: push, lane: lane, provider: provider, prepared: preparation.prepare(push, provider, lane), rule: TurnRule(push, rules),
            pageDevices: min(settings.pageDevices, max(1, push.options.devicesPerSecond ?? .max)))
    }

    /// What is to be done with the next devices of a push.
    private enum Turn {
        /// So many of them may be attempted now.
        case attempt(devices: Int)
        /// None now.
        case wait(PageRecord.Release)
        /// None ever: somebody has ended the push.
        case end(PushEnding)
        /// None ever: its schedule has no time for them.
        case drop(reason: String)
    }

    private func turn(of slice: Slice?, _ push: Push, _ job: Job, devices: Int) async -> Turn {
        if let ending = push.ending { return .end(ending) }
        let moment = now()
        guard devices > 0, !push.isExpired(at: moment) else { return .attempt(devices: devices) }
        if let slice {
            switch job.rule.opening(of: slice, now: moment) {
            case .never(let reason): return .drop(reason: reason)
            case .at(let opening) where opening > moment: return .wait(.notBefore(Self.within(push, opening)))
            case .at: break
            }
        }
        return await admission(of: devices, in: job.lane, push)
    }

    /// A page that the provider's trouble, or its own hours, hold back is looked at again when it expires.
    private static func within(_ push: Push, _ moment: Date) -> Date {
        push.policy.ttl.seconds > 0 ? min(moment, push.expiresAt) : moment
    }

    private func carryOut(
        _ turn: Turn, _ attempts: [Attempt], _ job: Job, _ push: Push, inItsSlice: Bool, _ settlement: inout PageSettlement
    ) async -> LateAttempts? {
        switch turn {
        case .wait: break
        case .end(let ending): for attempt in attempts { settlement.end(attempt.target, ending) }
        case .drop(let reason): for attempt in attempts { settlement.drop(attempt.target, reason) }
        case .attempt:
            guard !push.isExpired(at: now()) else {
                for attempt in attempts { settlement.expire(attempt.target) }
                return nil
            }
            let due = await capped(asked(attempts, job, inItsSlice: inItsSlice, &settlement), push, &settlement)
            return await attempt(due, job, &settlement)
        }
        return nil
    }

    /// Leaves out devices whose own hours have no time now.
    private func asked(_ attempts: [Attempt], _ job: Job, inItsSlice: Bool, _ settlement: inout PageSettlement) -> [Attempt] {
        guard job.rule.needsProfiles || (!inItsSlice && job.rule.needsTimeZones) else { return attempts }
        let moment = now()
        return attempts.filter { attempt in
            switch job.rule.opening(of: attempt.recipient, inItsSlice: inItsSlice, now: moment) {
            case .at(let opening) where opening <= moment: return true
            case .at(let opening): settlement.hold(attempt.target, until: opening, "quiet hours")
            case .never(let reason): settlement.drop(attempt.target, reason)
            }
            return false
        }
    }

    /// Leaves out devices that have had enough for now.
    private func capped(_ attempts: [Attempt], _ push: Push, _ settlement: inout PageSettlement) async -> [Attempt] {
        guard !push.options.caps.isEmpty, !attempts.isEmpty else { return attempts }
        let moment = now()
        let verdicts = await persistently { try await store.reserve(push, for: attempts.map(\.recipient), now: moment) } ?? []
        return zip(attempts, verdicts).compactMap { attempt, verdict in
            switch verdict {
            case .allowed: return attempt
            case .notBefore(let date): settlement.hold(attempt.target, until: date, "a frequency cap")
            case .dropped(let cap): settlement.drop(attempt.target, "the frequency cap \(cap.key) was reached")
            }
            return nil
        }
    }

    // MARK: Admission

    /// Waits for the lane's rate and the push's own; what is closed for longer isn't waited for.
    private func admission(of devices: Int, in lane: Lane, _ push: Push) async -> Turn {
        while true {
            let moment = now()
            guard !push.isExpired(at: moment) else { return .attempt(devices: devices) }
            guard let until = await closedUntil(lane, push, moment, devices) else {
                return .attempt(devices: lanes.withGate(lane) { $0.admit(devices, now: moment) })
            }
            let seconds = until.timeIntervalSince(moment)
            guard seconds <= 1, (try? await clock.sleep(for: .seconds(seconds))) != nil else {
                return .wait(.until(Self.within(push, until)))
            }
        }
    }

    /// What is let through is taken from the rates.
    private func closedUntil(_ lane: Lane, _ push: Push, _ moment: Date, _ devices: Int) async -> Date? {
        if let until = lanes.withGate(lane, { $0.closedUntil(now: moment) }) { return until }
        if let until = await take(devices, of: .push(push.id), perSecond: push.options.devicesPerSecond.map(Double.init), moment) {
            return until
        }
        return await take(devices, of: .lane(lane), perSecond: settings.lane(lane.provider).devicesPerSecond, moment)
    }

    private func take(_ devices: Int, of subject: RateSubject, perSecond: Double?, _ moment: Date) async -> Date? {
        guard let perSecond else { return nil }
        do {
            return try await rates.take(devices, of: subject, perSecond: perSecond, now: moment)
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
            push, lane: kept.lane, source: .slice(kept, isFinished: false, given: given, release: .kept),
            policy: settings.retry, now: now())
        guard await record(settlement, owner) != .lost else { return false }
        announce()
        return true
    }

    /// Hands the slice back; nobody claims it before then.
    private func release(_ slice: Slice, _ owner: LeaseOwner, _ push: Push, _ release: PageRecord.Release) async {
        var settlement = PageSettlement(
            push, lane: slice.lane, source: .slice(slice, isFinished: false, given: nil, release: .kept),
            policy: settings.retry, now: now())
        settlement.release(release)
        _ = await record(settlement, owner)
    }

    // MARK: Attempts

    private struct Attempt: Sendable {
        let recipient: Recipient
        let target: PageSettlement.Target

        init(_ recipient: Recipient, attempts: Int = 0, isWaiting: Bool = false) {
            self.recipient = recipient
            target = .init(
                device: recipient.device, attempts: attempts, isWaiting: isWaiting, platform: recipient.platform)
        }
    }

    /// Attempts that hadn't landed when their page was recorded.
    private struct LateAttempts: Sendable {
        let flight: Flight
        let attempts: [(index: Int, target: PageSettlement.Target)]
    }

    private func attempt(_ attempts: [Attempt], _ job: Job, _ settlement: inout PageSettlement) async -> LateAttempts? {
        let attempts = holdBack(attempts, job.provider, &settlement)
        guard !attempts.isEmpty else { return nil }
        let flight = Flight(attempts.map(\.recipient), job.prepared, startedAt: now())
        flights.started(flight)
        background.start { await flight.fly() }
        await flight.landedOrCut()
        flights.ended(flight)
        let late = settle(attempts.enumerated().map { ($0, $1.target) }, flight, job.provider, &settlement)
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

    private func page(of slice: Slice, _ job: Job) async -> [Recipient]? {
        await persistently {
            try await store.page(of: slice, push: job.push, withProfiles: job.rule.needsProfiles, limit: job.pageDevices)
        }
    }

    private func left(of slice: Slice, _ push: Push) async -> Int? {
        await persistently { try await store.left(of: slice, push: push) }
    }

    private func record(_ settlement: PageSettlement, _ owner: LeaseOwner) async -> PageFate {
        let page = settlement.record
        guard let fate = await persistently({ try await store.record(page, owner: owner) }) else { return .lost }
        observer.report(
            fate == .lost
                ? .leaseLost(push: page.push)
                : .recorded(settlement.report(at: now())))
        return fate
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
