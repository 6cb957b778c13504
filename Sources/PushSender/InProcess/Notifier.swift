#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Sends from within another server, without a database for pushes: to a device, to one by its id, to those of which a condition is true,
/// to tokens.
///
/// What is wrong here is thrown, and nothing is sent then. What goes wrong on the way comes in ``problems``. When a call returns, every
/// device has been attempted once; what is worth another attempt is tried again while ``run()`` runs, as the providers and the policy
/// allow. Nothing of it outlives the process: a server that must not lose a push accepts it with a ``PushIntake`` over a ``PushStore``.
public final class Notifier: Sendable {
    public let problems: TransportProblems

    private let devices: any DeviceDirectory
    private let providers: [ProviderName: any PushProvider]
    private let app: AppID
    private let pageDevices: Int
    private let engine: NotifierEngine
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - devices: where devices are found by id and by condition, and what providers say of their tokens is kept.
    ///   - providers: one of a name.
    ///   - app: whose devices they are.
    ///   - retriesKept: deliveries that wait for another attempt, in memory; beyond it they are given up.
    ///   - problemsKept: problems that nobody has heard yet; beyond it the oldest are dropped.
    ///   - observer: hears what concerns a whole provider: that it is out of reach, or calls too many devices dead.
    public init(
        devices: any DeviceDirectory = DeviceList(), providers: [any PushProvider], app: AppID = .default,
        settings: DispatchSettings = .init(), retriesKept: Int = 10_000, problemsKept: Int = 1000,
        observer: (any SenderObserver)? = nil, now: @escaping @Sendable () -> Date = { Date() },
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        let problems = TransportProblems(kept: problemsKept)
        let watched = Dictionary(providers.map { ($0.name, problems.watching($0)) }) { $1 }
        self.problems = problems
        self.devices = devices
        self.providers = watched
        self.app = app
        self.now = now
        pageDevices = settings.pageDevices
        engine = NotifierEngine(
            app: app, devices: devices, providers: watched, problems: problems, settings: settings, retriesKept: retriesKept,
            observer: observer ?? NobodyListens(), now: now, clock: clock)
    }

    /// Tries again what is worth it, until cancelled. One at a time.
    public func run() async { await engine.run() }

    // MARK: The four calls

    /// Sends to a device as it is given, whether ``DeviceDirectory`` has it or not.
    /// - Throws: ``PushProblem`` for what is wrong here.
    /// - Returns: what came of the first attempt.
    @discardableResult
    public func notify(
        _ notification: Notification, device: Device, policy: PushPolicy = PushPolicy()
    ) async throws(PushProblem) -> PushCounters {
        let push = try push(notification, policy, Audience(devices: [device.id]))
        try check(push, device.provider)
        return await engine.send(push, [device], isListed: false)
    }

    /// - Throws: ``PushProblem`` for what is wrong here: with the code `unknownDevice` for a device that isn't there, or is disabled;
    ///   whatever the devices' port throws.
    /// - Returns: what came of the first attempt.
    @discardableResult
    public func notify(
        _ notification: Notification, deviceID id: DeviceID, policy: PushPolicy = PushPolicy()
    ) async throws -> PushCounters {
        let push = try push(notification, policy, Audience(devices: [id]))
        guard let device = try await devices.device(id, app: app) else {
            throw PushProblem(.unknownDevice, field: "device", "there is no device \(id.rawValue); register it first")
        }
        guard device.disabledAt == nil else {
            throw PushProblem(
                .unknownDevice, field: "device",
                "the device \(id.rawValue) is disabled: its provider called its token dead; it can be sent to when it registers again")
        }
        try check(push, device.provider)
        return await engine.send(push, [device], isListed: true)
    }

    /// Sends to all devices of which a condition is true, page by page; to nobody, if there is none.
    /// - Throws: ``PushProblem`` for what is wrong here, also where only some of the devices are of a provider that can't be sent through;
    ///   whatever the devices' port throws.
    /// - Returns: what came of the first attempts.
    @discardableResult
    public func notify(
        _ notification: Notification, where condition: AudienceCondition, policy: PushPolicy = PushPolicy()
    ) async throws -> PushCounters {
        let push = try push(notification, policy, .everyone)
        try await checkProviders(of: condition, push)
        var total = PushCounters(), last: DeviceID?
        repeat {
            let page = try await devices.devices(matching: condition, app: app, after: last, limit: pageDevices)
            total = total + (await engine.send(push, page, isListed: true))
            last = page.count < pageDevices ? nil : page.last?.id
        } while last != nil
        return total
    }

    /// Sends to tokens that needn't be any device's.
    /// - Throws: ``PushProblem`` for what is wrong here.
    /// - Returns: what came of the first attempts.
    @discardableResult
    public func notify(
        _ notification: Notification, tokens: [Token], provider: ProviderName, policy: PushPolicy = PushPolicy()
    ) async throws(PushProblem) -> PushCounters {
        guard !tokens.isEmpty else { throw PushProblem(.invalidField, field: "tokens", "the list is empty; give at least one token") }
        let push = try push(notification, policy, Audience(tokens: tokens.map { RawToken(provider: provider, token: $0) }))
        try check(push, provider)
        let moment = now()
        let devices = tokens.enumerated().map { index, token in
            Device(
                id: RawToken.device(at: index), app: app, provider: provider, token: token, user: nil, topics: [], createdAt: moment,
                registeredAt: moment, disabledAt: nil)
        }
        return await engine.send(push, devices, isListed: false)
    }

    // MARK: Checks

    private func push(_ notification: Notification, _ policy: PushPolicy, _ audience: Audience) throws(PushProblem) -> Push {
        try notification.checkHasContent()
        try PushLimits().check(policy)
        var random = SystemRandomNumberGenerator()
        let moment = now()
        return Push(
            id: PushID(now: moment, random: &random), app: app, audience: audience, notification: notification, policy: policy,
            createdAt: moment)
    }

    private func check(_ push: Push, _ name: ProviderName) throws(PushProblem) {
        guard let provider = providers[name] else { throw unknown(name) }
        if let problem = provider.problem(sendingFor: app) { throw problem }
        if let problem = provider.problem(with: push.notification, policy: push.policy) { throw problem }
    }

    private func unknown(_ name: ProviderName) -> PushProblem {
        let known = providers.keys.map(\.rawValue).sorted().joined(separator: ", ")
        return PushProblem(
            .unknownProvider, field: "provider", "there is no provider \(name.rawValue) here, only \(known); give the Notifier one")
    }

    /// Nothing is sent where a device of any provider would find something wrong.
    private func checkProviders(of condition: AudienceCondition, _ push: Push) async throws {
        var faults: [PushProblem] = [], sound: [TagValue] = []
        for name in providers.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            do throws(PushProblem) {
                try check(push, name)
                sound.append(.string(name.rawValue))
            } catch {
                faults.append(error)
            }
        }
        let others = AudienceCondition.allOf([condition, AudienceCondition.term(.isOneOf(.device(.provider), sound)).negation])
        guard let device = try await devices.devices(matching: others, app: app, after: nil, limit: 1).first else { return }
        try check(push, device.provider)
    }
}

private struct NobodyListens: SenderObserver {
    func report(_ event: SenderEvent) {}
}
