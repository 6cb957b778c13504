import Logging
import PushSender
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tells webhooks what happens: takes those that are due, each for itself, so that one that hangs holds up nobody else.
struct WebhookService: Sendable {
    let store: any WebhookStore
    let vault: WebhookVault
    let call: WebhookCall
    /// For webhooks that aren't told in our own words.
    let dialects: [WebhookDialect]
    let watch: EventWatch
    let settings: EventSettings
    let node: LeaseOwner
    /// Whether nobody else tells webhooks from this database.
    let isAlone: Bool
    let logger: Logger
    let now: @Sendable () -> Date

    /// Longer than an answer may take, so that whoever answers in time is still ours.
    private var leaseSeconds: Double { Double(settings.webhookDeadlineSeconds) + 30 }
    /// One that has much to hear lets others have their turn after so many batches.
    private static let turnBatches = 10

    /// Works until cancelled, then hands back what it holds.
    func run() async {
        await noting { if isAlone { try await store.releaseWebhooks(of: nil) } }
        await noting { try await vault.reseal() }
        let busy = Busy()
        await tellAll(busy)
        // Nothing is asked of a database for the sake of what was never held.
        if busy.hasBeen { await noting { try await store.releaseWebhooks(of: node) } }
    }

    private func tellAll(_ busy: Busy) async {
        await withDiscardingTaskGroup { group in
            for claim in 1... {
                let batches = await claimed(claim, limit: settings.webhooksAtOnce - busy.count)
                busy.add(batches.count)
                for batch in batches {
                    group.addTask {
                        await tell(batch)
                        busy.add(-1)
                        watch.ring()
                    }
                }
                if batches.isEmpty, await watch.nextLook() == .closed { break }
                if Task.isCancelled { break }
            }
        }
    }

    private func claimed(_ number: Int, limit: Int) async -> [WebhookBatch] {
        guard limit > 0 else { return [] }
        // A name for each claim: what another has taken over meanwhile must not pass for ours.
        let owner = LeaseOwner(rawValue: "\(node.rawValue).\(number)"), now = now()
        return await noting {
            try await store.claimWebhooks(owner: owner, until: now.addingTimeInterval(leaseSeconds), limit: limit, now: now)
        } ?? []
    }

    private func tell(_ first: WebhookBatch) async {
        var next: WebhookBatch? = first, turn = 1
        while let batch = next {
            let (answer, told) = await tellOnce(batch)
            // A request that was cut off because we stop says nothing about its receiver.
            if Task.isCancelled { return }
            let progress = progress(batch, answer, told), goesOn = answer == .taken && turn < Self.turnBatches
            next = await noting {
                try await store.settle(batch, progress, goesOnUntil: goesOn ? now().addingTimeInterval(leaseSeconds) : nil)
            } ?? nil
            turn += 1
        }
    }

    /// - Returns: the answer, and the place up to which everything was taken.
    private func tellOnce(_ batch: WebhookBatch) async -> (WebhookAnswer, told: EventPosition) {
        let webhook = batch.webhook, start = webhook.progress.position
        guard let secrets = vault.secrets(of: webhook) else {
            return (.failed(problem: "its secret was sealed with another master key; restore master.keys, or rotate the secret"), start)
        }
        if let dialect = dialects.first(where: { $0.id == webhook.definition.id }) {
            do { return try await dialect.tell(batch, secrets, over: call, now: now) } catch {
                return (.failed(problem: "what it is to be told can't be read from the database"), start)
            }
        }
        let answer = await call.post(batch.json, to: webhook.definition, secrets, now: now())
        return (answer, answer == .taken ? batch.end : start)
    }

    /// - Parameter told: what was taken; everything after it is told again.
    private func progress(_ batch: WebhookBatch, _ answer: WebhookAnswer, _ told: EventPosition) -> WebhookProgress {
        var progress = batch.webhook.progress, policy = WebhookPolicy(), random = SystemRandomNumberGenerator()
        policy.patienceSeconds = Double(settings.webhookPatienceHours) * 3600
        progress.position = told
        progress.hear(answer, through: told, policy: policy, now: now(), random: &random)
        if progress.disabledAt != nil {
            logger.warning(
                "A webhook is disabled; PUT it again once it works",
                metadata: ["webhook": "\(batch.webhook.definition.id.rawValue)", "problem": "\(progress.problem ?? "")"])
        }
        return progress
    }

    /// A database that fails now is asked again at the next look; leases end by themselves.
    private func noting<Value: Sendable>(_ work: () async throws -> Value) async -> Value? {
        do { return try await work() } catch {
            logger.warning("Webhooks wait for the database", metadata: ["error": "\(error)"])
            return nil
        }
    }
}

/// How many webhooks are being told.
private final class Busy: Sendable {
    private let number = Atomic(0)
    private let ever = Atomic(false)
    var count: Int { number.load(ordering: .relaxed) }
    /// Whether there was ever one.
    var hasBeen: Bool { ever.load(ordering: .relaxed) }

    func add(_ more: Int) {
        if more > 0 { ever.store(true, ordering: .relaxed) }
        number.add(more, ordering: .relaxed)
    }
}
