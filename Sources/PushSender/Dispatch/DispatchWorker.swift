#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends what was claimed: reads a page, attempts its devices at once, records what came of it.
struct DispatchWorker: Sendable {
    let store: any PushStore
    let providers: [ProviderName: any PushProvider]
    let settings: DispatchSettings
    let owner: LeaseOwner
    let observer: any SenderObserver
    let now: @Sendable () -> Date
    let clock: any Clock<Duration>

    /// Sends a slice to its end, or until the lease is lost or `isStopping`.
    /// - Parameter mayShare: whether another worker has nothing to do.
    func send(
        _ claimed: ClaimedSlice, mayShare: @Sendable () -> Bool, _ isStopping: @Sendable () -> Bool
    ) async {
        guard let provider = providers[claimed.slice.provider] else { return }
        let push = claimed.push
        let prepared = provider.prepare(push)
        var slice = claimed.slice
        guard var recipients = await page(of: slice, push) else { return }

        while true {
            let isFinished = recipients.count < settings.pageDevices
            if let last = recipients.last {
                slice.cursor = DeviceCursor(shard: last.device.shard, device: last.device)
            }
            let given = !isFinished && mayShare() ? slice.split() : nil
            let after = slice
            // Read ahead while the page flies; the record waits for neither.
            async let next = isFinished ? nil : page(of: after, push)
            var settlement = PageSettlement(
                push, provider: slice.provider,
                source: .slice(slice, isFinished: isFinished, given: given, isReleased: false),
                policy: settings.retry, now: now())
            await attempt(recipients.map { Target(recipient: $0, attempts: 0) }, of: push, prepared, &settlement)
            let isLast = isFinished || isStopping()
            if isLast { settlement.release() }
            let isOurs = await record(settlement)
            guard isOurs, !isLast, let following = await next else { return }
            recipients = following
        }
    }

    /// Sends a page of retries, push by push.
    func send(_ claimed: ClaimedRetries) async {
        struct Key: Hashable {
            let push: PushID
            let provider: ProviderName
        }
        for (key, retries) in Dictionary(grouping: claimed.retries, by: { Key(push: $0.push, provider: $0.provider) }) {
            guard let push = claimed.pushes[key.push], let provider = providers[key.provider] else { continue }
            var settlement = PageSettlement(
                push, provider: key.provider, source: .retries, policy: settings.retry, now: now())
            let targets = retries.compactMap { retry in
                retry.recipient.map { Target(recipient: $0, attempts: retry.attempts) }
            }
            for retry in retries where retry.recipient == nil { settlement.lose(retry.device) }
            await attempt(targets, of: push, provider.prepare(push), &settlement)
            _ = await record(settlement)
        }
    }

    private struct Target: Sendable {
        let recipient: Recipient
        let attempts: Int
    }

    private func attempt(
        _ targets: [Target], of push: Push, _ prepared: any PreparedPush, _ settlement: inout PageSettlement
    ) async {
        let startedAt = now()
        guard !push.isExpired(at: startedAt) else {
            for target in targets { settlement.expire(target.recipient.device, attemptsBefore: target.attempts) }
            return
        }
        var random = SystemRandomNumberGenerator()
        await withTaskGroup(of: (Target, Outcome).self) { group in
            for target in targets {
                group.addTask { (target, await prepared.attempt(target.recipient, now: startedAt)) }
            }
            for await (target, outcome) in group {
                settlement.settle(
                    target.recipient.device, outcome, attemptsBefore: target.attempts, startedAt: startedAt,
                    random: &random)
            }
        }
        if let problem = settlement.unauthorizedProblem {
            observer.report(.unauthorized(provider: settlement.record.provider, problem: problem))
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
    private func record(_ settlement: PageSettlement) async -> Bool {
        let page = settlement.record
        guard let isOurs = await persistently({ try await store.record(page, owner: owner) }) else { return false }
        observer.report(
            isOurs
                ? .recorded(push: page.push, provider: page.provider, counters: page.counters)
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
