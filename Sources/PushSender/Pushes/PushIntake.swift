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
    public func accept(
        app: AppID, audience: Audience, notification: Notification, policy: PushPolicy, now: Date
    ) async throws -> Push {
        try check(audience)
        try check(policy)
        let lanes = try await lanes(of: audience, app, notification, policy)
        var random = SystemRandomNumberGenerator()
        let push = Push(
            id: PushID(now: now, random: &random), app: app, audience: audience, notification: notification,
            policy: policy, createdAt: now)
        try await store(push, lanes)
        return push
    }

    /// A direct push is the dispatcher's from the first, if it has room: then nobody need look for it.
    private func store(_ push: Push, _ lanes: [Lane]) async throws {
        guard push.audience.isDirect, let dispatcher, let reservation = dispatcher.reserve(lanes) else {
            try await store.accept(push, lanes: lanes, lease: nil)
            dispatcher?.wake()
            colleagues?.announceWork()
            return
        }
        do {
            dispatcher.begin(reservation, push, try await store.accept(push, lanes: lanes, lease: reservation.lease))
        } catch {
            dispatcher.giveUp(reservation)
            throw error
        }
    }

    private func check(_ audience: Audience) throws(PushProblem) {
        guard audience.everyone != (audience.nameCount > 0) else {
            throw PushProblem(
                .invalidField, field: "audience",
                "name whom the push is for: either \"all\": true, or at least one of devices, users and topics")
        }
        guard audience.nameCount <= limits.audienceNames else {
            throw PushProblem(
                .invalidField, field: "audience",
                "\(audience.nameCount) names are more than the limit of \(limits.audienceNames); use a topic or several pushes")
        }
    }

    private func check(_ policy: PushPolicy) throws(PushProblem) {
        guard policy.ttl.seconds <= limits.ttlSeconds else {
            throw PushProblem(
                .invalidField, field: "ttl",
                "\(policy.ttl.seconds) s is more than the limit of \(limits.ttlSeconds) s; choose a shorter time")
        }
        guard (policy.collapseKey ?? "x").utf8.count <= limits.collapseKeyBytes, policy.collapseKey != "" else {
            throw PushProblem(
                .invalidField, field: "collapse_key", "give 1 to \(limits.collapseKeyBytes) bytes, or leave it out")
        }
    }

    /// The lanes that the push goes to: those of the audience, but for providers that the notification says nothing to.
    private func lanes(
        of audience: Audience, _ app: AppID, _ notification: Notification, _ policy: PushPolicy
    ) async throws -> [Lane] {
        guard !notification.isEmpty else {
            throw PushProblem(
                .invalidField, field: "notification", "there is nothing to show: give at least a title, a body or data")
        }
        let lanes = try await store.lanes(of: audience, app: app).filter { notification.isMeant(for: $0.provider) }
        for provider in Set(lanes.map(\.provider)).compactMap({ providers[$0] }) {
            if let problem = provider.problem(with: notification, policy: policy) { throw problem }
        }
        return lanes
    }
}

public struct PushLimits: Sendable {
    /// Devices, users and topics named by one push.
    public var audienceNames = 1000
    /// Four weeks: the longest that FCM keeps anything.
    public var ttlSeconds = 2_419_200
    /// APNs's limit, the tightest.
    public var collapseKeyBytes = 64

    public init() {}
}
