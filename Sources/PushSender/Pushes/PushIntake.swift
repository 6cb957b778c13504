#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
import WebPush

/// The way in: checks a request, makes it durable, wakes the dispatcher.
public struct PushIntake: Sendable {
    private let store: any PushStore
    private let providers: [ProviderName: any PushProvider]
    private let limits: PushLimits
    private let dispatcher: Dispatcher?
    private let colleagues: Colleagues?

    /// - Parameters:
    ///   - dispatcher: takes accepted pushes on at once; nil leaves them to other processes.
    ///   - colleagues: those other processes.
    public init(
        store: any PushStore, providers: [any PushProvider], limits: PushLimits = .init(), dispatcher: Dispatcher?,
        colleagues: Colleagues? = nil
    ) {
        self.colleagues = colleagues
        self.store = store
        self.providers = Dictionary(uniqueKeysWithValues: providers.map { ($0.name, $0) })
        self.limits = limits
        self.dispatcher = dispatcher
    }

    /// When this returns, the push survives a kill -9.
    /// - Throws: ``PushProblem`` when the request can't be sent as it is; whatever the store throws when it can't be kept.
    @discardableResult
    public func accept(_ request: PushRequest, now: Date) async throws -> Accepted {
        // Stores keep whole milliseconds: what is said of the push now is what will be said of it again.
        let now = Date(timeIntervalSince1970: (now.timeIntervalSince1970 * 1000).rounded() / 1000)
        if let idempotency = request.idempotency, let known = try await repetition(of: idempotency, app: request.app) { return known }
        try check(request, now)
        let draft = draft(request, startsAt: now, now)
        let reach = try await store.reach(of: request.audience, app: request.app) { TurnRule(draft, $0).needsTimeZones }
        try TurnRule(draft, reach.rules).checkWindow()
        let segments = reach.segments.filter { request.notification.isMeant(for: $0.lane.provider) }
        if !request.mayReachNobody { try await checkThereIsSomebody(request, reach, segments) }
        try ask(Set(segments.map(\.lane.provider)), about: request)
        let openings = segments.map { (segment: $0, opensAt: opening(of: $0, draft, reach.rules, now)) }
        let push = draft.starting(at: openings.compactMap(\.opensAt).reduce(request.options.schedule.sendAt ?? now, max))
        let slices = openings.map { segment, opensAt in
            Acceptance.NewSlice(segment, notBefore: (opensAt ?? now) > now ? opensAt : nil)
        }
        return try await store(
            Acceptance(push: push, slices: slices, idempotency: request.idempotency, labels: request.labels), reach.rules)
    }

    /// What was accepted once is answered so, whatever has passed since.
    /// - Throws: ``PushProblem`` with code `keyReused` when the key belongs to another request.
    /// - Returns: nil for a new request.
    public func repetition(of idempotency: Idempotency, app: AppID) async throws -> Accepted? {
        try await store.push(under: idempotency, app: app).map { Accepted(push: $0, slices: [], isRepetition: true) }
    }

    /// Ends a push for every device that hasn't been tried; what is in the air lands.
    /// - Returns: whether there is such a push.
    public func cancel(_ push: PushID, app: AppID, now: Date) async throws -> Bool {
        guard try await store.cancel(push, app: app, now: now) else { return false }
        wake()
        return true
    }

    /// Cancels a push, and sends something else in its place to everybody it was for, with its collapse key: what was shown is replaced
    /// where the provider can, what wasn't delivered yet is too.
    /// - Throws: ``PushProblem`` when the push has no collapse key.
    /// - Returns: nil when there is no such push.
    public func recall(
        _ id: PushID, app: AppID, instead notification: Notification, idempotency: Idempotency? = nil, now: Date
    ) async throws -> Accepted? {
        guard let recalled = try await store.status(of: id, app: app)?.push else { return nil }
        guard recalled.policy.collapseKey != nil else {
            throw PushProblem(
                .invalidField, field: "collapse_key",
                """
                the push \(id.rawValue) was sent without one, so nothing can take its place; POST /v1/pushes/\(id.rawValue)/cancel stops \
                the rest
                """)
        }
        var request = PushRequest(
            app: app, audience: recalled.audience, notification: notification, policy: recalled.policy)
        request.mayReachNobody = true
        request.idempotency = idempotency
        let accepted = try await accept(request, now: now)
        _ = try await cancel(id, app: app, now: now)
        return accepted
    }

    private func draft(_ request: PushRequest, startsAt: Date, _ now: Date) -> Push {
        var random = SystemRandomNumberGenerator()
        return Push(
            id: PushID(now: now, random: &random), app: request.app, audience: request.audience, notification: request.notification,
            policy: request.policy, options: request.options, createdAt: now, startsAt: startsAt)
    }

    /// - Returns: nil for devices that never have their turn: they are met nonetheless, to be counted as dropped.
    private func opening(of segment: Segment, _ push: Push, _ rules: AppRules, _ now: Date) -> Date? {
        let slice = Slice(id: 0, push: push.id, lane: segment.lane, timeZone: segment.timeZone, range: .all, cursor: nil)
        guard case .at(let opening) = TurnRule(push, rules).opening(of: slice, now: max(now, push.options.schedule.sendAt ?? now)) else {
            return nil
        }
        return opening
    }

    /// A direct push is the dispatcher's from the first, if it has room: then nobody need look for it.
    private func store(_ acceptance: Acceptance, _ rules: AppRules) async throws -> Accepted {
        let push = acceptance.push
        guard push.audience.isDirect, acceptance.slices.allSatisfy({ $0.notBefore == nil }), let dispatcher,
            let reservation = dispatcher.reserve(acceptance.slices.map(\.segment.lane))
        else {
            let accepted = try await store.accept(acceptance)
            wake()
            return accepted
        }
        do {
            let accepted = try await store.accept(acceptance.held(under: reservation.lease))
            guard !accepted.isRepetition else {
                dispatcher.giveUp(reservation)
                return accepted
            }
            dispatcher.begin(reservation, push, rules, accepted.slices)
            return accepted
        } catch {
            dispatcher.giveUp(reservation)
            throw error
        }
    }

    private func wake() {
        dispatcher?.wake()
        colleagues?.announceWork()
    }

    // MARK: Checks

    private func check(_ request: PushRequest, _ now: Date) throws(PushProblem) {
        try check(request.audience)
        try limits.check(request.policy)
        try check(request.options, now, mayHaveExpired: request.mayHaveExpired)
        try request.notification.checkHasContent()
    }

    private func check(_ options: PushOptions, _ now: Date, mayHaveExpired: Bool) throws(PushProblem) {
        try options.schedule.check(now: now)
        try FrequencyCap.check(options.caps)
        guard (options.attempts ?? 1) > 0 else {
            throw PushProblem(.invalidField, field: "attempts", "give a whole number from 1, or leave it out")
        }
        guard (options.devicesPerSecond ?? 1) > 0 else {
            throw PushProblem(.invalidField, field: "devices_per_second", "give a whole number from 1, or leave it out")
        }
        guard mayHaveExpired || (options.expiresAt ?? .distantFuture) > max(now, options.schedule.sendAt ?? now) else {
            throw PushProblem(.invalidField, field: "expires_at", "it has passed before the push is due; give a later moment")
        }
        guard (options.expiresAt ?? now).timeIntervalSince(now) <= Double(limits.expiryDays) * 86_400 else {
            throw PushProblem(.invalidField, field: "expires_at", "give a moment at most \(limits.expiryDays) days ahead")
        }
    }

    private func check(_ audience: Audience) throws(PushProblem) {
        guard audience.everyone ? audience.nameCount == 0 : audience.nameCount > 0 || audience.tags != nil else {
            throw PushProblem(
                .invalidField, field: "audience",
                "name whom the push is for: either \"all\": true, or at least one of devices, users, topics, audiences, tags and tokens")
        }
        try audience.checkSize()
        guard audience.tokens.isEmpty || audience == Audience(tokens: audience.tokens) else {
            throw PushProblem(.invalidField, field: "audience.tokens", "tokens stand alone: send the others a push of their own")
        }
        guard audience.nameCount <= limits.audienceNames else {
            throw PushProblem(
                .invalidField, field: "audience",
                "\(audience.nameCount) names are more than the limit of \(limits.audienceNames); use a topic or several pushes")
        }
    }

    /// A topic with a typo in it must not be silence.
    private func checkThereIsSomebody(_ request: PushRequest, _ reach: Reach, _ segments: [Segment]) async throws {
        guard reach.segments.isEmpty == segments.isEmpty else {
            let providers = Set(reach.segments.map(\.lane.provider.rawValue)).sorted().joined(separator: ", ")
            throw PushProblem(
                .nobody, field: "notification",
                """
                the audience's devices are reached through \(providers), for which there is nothing in it; add a title, a body or a \
                section for it
                """)
        }
        if !segments.isEmpty {
            if reach.isSure { return }
            if try await store.hasDevices(request.audience, app: request.app) { return }
        }
        throw PushProblem(
            .nobody, field: "audience",
            "there is no active device in it; POST /v1/audiences/count says how many there are, GET /v1/devices lists all")
    }

    /// Asks each provider that the push is for whether it could ever take it.
    private func ask(_ names: Set<ProviderName>, about request: PushRequest) throws {
        let drafts = request.drafts.filter { !$0.isShortWords || request.policy.collapseKey != nil }
        for provider in names.compactMap({ providers[$0] }) {
            for draft in drafts {
                if let problem = provider.problem(with: draft, policy: request.policy) { throw problem }
            }
        }
    }
}
