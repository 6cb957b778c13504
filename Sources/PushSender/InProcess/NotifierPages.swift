#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Synchronization

/// What comes of one page of a ``Notifier``: nothing is kept but what waits for another attempt.
final class NotifierPages: PageStore {
    private let push: Push
    private let targets: [DeviceID: NotifierTarget]
    private let devices: any DeviceDirectory
    private let book: RetryBook
    private let problems: TransportProblems
    private let counted = Mutex(PushCounters())

    init(
        _ push: Push, _ targets: [NotifierTarget], devices: any DeviceDirectory, book: RetryBook, problems: TransportProblems
    ) {
        self.push = push
        self.targets = Dictionary(targets.map { ($0.recipient.device, $0) }) { $1 }
        self.devices = devices
        self.book = book
        self.problems = problems
    }

    var counters: PushCounters { counted.withLock { $0 } }

    func record(_ page: PageRecord, owner: LeaseOwner) async throws -> PageFate {
        let dead = page.dead.filter { isListed($0.device) }, moved = page.moved.filter { isListed($0.device) }
        if !dead.isEmpty || !moved.isEmpty { try await devices.learn(dead: dead, moved: moved, app: push.app, now: page.recordedAt) }
        let crowdedOut = book.add(page.postponed.compactMap { entry($0, page.lane) })
        for entry in crowdedOut { giveUp(entry.target.recipient.device, "too many deliveries wait for another attempt", page) }
        for failure in page.failures where failure.kind == .expired { giveUp(failure.device, failure.reason, page) }
        count(page, waiting: page.postponed.count - crowdedOut.count, crowdedOut: crowdedOut.count)
        return .written(ending: nil)
    }

    /// Tokens that a caller brought along are nobody's device.
    private func isListed(_ device: DeviceID) -> Bool { RawToken.index(of: device) == nil }

    private func entry(_ postponed: PageRecord.Postponed, _ lane: Lane) -> RetryBook.Entry? {
        targets[postponed.device].map {
            RetryBook.Entry(push: push, lane: lane, target: $0, attempts: postponed.attempts, dueAt: postponed.dueAt)
        }
    }

    private func giveUp(_ device: DeviceID, _ reason: String, _ page: PageRecord) {
        problems.report(
            TransportProblem(
                kind: .givenUp, push: push.id, device: device, provider: page.lane.provider, token: targets[device]?.recipient.token,
                reason: reason, at: page.recordedAt))
    }

    /// Devices are sent to as retries are, which have been counted as waiting before.
    private func count(_ page: PageRecord, waiting: Int, crowdedOut: Int) {
        var counters = page.counters
        counters.retrying = waiting
        counters.expired += crowdedOut
        counted.withLock { $0 = $0 + counters }
    }

    // Whom it is for is said from the first, and nothing remembers how often anybody was sent anything.
    func page(of slice: Slice, push: Push, withProfiles: Bool, limit: Int) -> [Recipient] { [] }
    func left(of slice: Slice, push: Push) -> Int { 0 }
    func reserve(_ push: Push, for recipients: [Recipient], now: Date) -> [FrequencyVerdict] { recipients.map { _ in .allowed } }
}
