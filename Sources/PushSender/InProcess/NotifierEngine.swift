#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends a ``Notifier``'s pushes with the rules of every other: a worker's, without slices, leases and rows.
final class NotifierEngine: Sendable {
    private let app: AppID
    private let devices: any DeviceDirectory
    private let providers: [ProviderName: any PushProvider]
    private let problems: TransportProblems
    private let settings: DispatchSettings
    private let book: RetryBook
    private let lanes: Lanes
    private let rates = LocalRates()
    private let observer: any SenderObserver
    private let now: @Sendable () -> Date
    private let clock: any Clock<Duration>

    init(
        app: AppID, devices: any DeviceDirectory, providers: [ProviderName: any PushProvider], problems: TransportProblems,
        settings: DispatchSettings, retriesKept: Int, observer: any SenderObserver, now: @escaping @Sendable () -> Date,
        clock: any Clock<Duration>
    ) {
        self.app = app
        self.devices = devices
        self.providers = providers
        self.problems = problems
        self.settings = settings
        book = RetryBook(limit: retriesKept)
        lanes = Lanes(settings)
        self.observer = observer
        self.now = now
        self.clock = clock
    }

    /// - Returns: what came of the first attempts, when all have been answered.
    func send(_ push: Push, _ devices: [Device], isListed: Bool) async -> PushCounters {
        var total = PushCounters()
        let lanes = Dictionary(grouping: devices) { Lane(app: app, provider: $0.provider, environment: $0.token.environment) }
        for (lane, devices) in lanes {
            guard let prepared = providers[lane.provider]?.prepare(push, lane: lane) else { continue }
            let entries = devices.filter { prepared.suits($0.token) }.map { device in
                let recipient = Recipient(device: device.id, token: device.token)
                let target = NotifierTarget(recipient: recipient, isListed: isListed)
                return RetryBook.Entry(push: push, lane: lane, target: target, attempts: 0, dueAt: push.createdAt)
            }
            total = total + (await attempt(entries, of: push, in: lane))
        }
        return total
    }

    /// - Returns: what came of it, when all have been answered.
    private func attempt(_ entries: [RetryBook.Entry], of push: Push, in lane: Lane) async -> PushCounters {
        let pages = NotifierPages(push, entries.map(\.target), devices: devices, book: book, problems: problems)
        let background = BackgroundWork()
        let worker = worker(pages, background)
        let claimed = ClaimedRetries(
            retries: await current(entries), pushes: [push.id: push], owner: LeaseOwner(rawValue: "notifier"))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await background.run() }
            await worker.send(claimed, in: lane)
            background.finish()
        }
        return pages.counters
    }

    private func worker(_ pages: NotifierPages, _ background: BackgroundWork) -> DispatchWorker {
        DispatchWorker(
            store: pages, providers: providers, lanes: lanes, rates: rates, settings: settings,
            leases: LeaseBook(node: LeaseOwner(rawValue: "notifier")), background: background,
            // Nobody goes on with the next page before this one has landed.
            flights: FlightControl(seconds: .infinity), observer: observer,
            preparation: Preparation(renderer: nil, receiptLink: nil), announce: {}, now: now, clock: clock)
    }

    /// Where they are to be sent now.
    private func current(_ entries: [RetryBook.Entry]) async -> [Retry] {
        var retries: [Retry] = []
        for entry in entries {
            let target = entry.target
            var recipient: Recipient? = target.recipient
            if target.isListed, entry.attempts > 0 || entry.dueAt > entry.push.createdAt {
                recipient = await again(target.recipient)
            }
            retries.append(
                Retry(
                    push: entry.push.id, lane: entry.lane, device: target.recipient.device, recipient: recipient,
                    attempts: entry.attempts))
        }
        return retries
    }

    /// - Returns: nil for a device that has been removed or disabled; what is known when it can't be looked up.
    private func again(_ recipient: Recipient) async -> Recipient? {
        do {
            guard let device = try await devices.device(recipient.device, app: app), device.disabledAt == nil else { return nil }
            return Recipient(device: device.id, token: device.token)
        } catch {
            observer.report(.storeUnavailable(reason: "\(error)"))
            return recipient
        }
    }

    // MARK: Trying again

    /// Tries again what is worth it, until cancelled.
    func run() async {
        while (try? await clock.sleep(for: .milliseconds(settings.pollMilliseconds))) != nil { await retryDue() }
    }

    private func retryDue() async {
        let due = Dictionary(grouping: book.takeDue(now())) { Page(push: $0.push.id, lane: $0.lane) }
        await withDiscardingTaskGroup { group in
            for (page, entries) in due {
                guard let push = entries.first?.push else { continue }
                group.addTask { _ = await self.attempt(entries, of: push, in: page.lane) }
            }
        }
    }

    private struct Page: Hashable {
        let push: PushID
        let lane: Lane
    }
}
