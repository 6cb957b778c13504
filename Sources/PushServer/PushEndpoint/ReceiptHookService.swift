import HTTPTransport
import PushService

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Posts delivery receipts to the URLs that senders gave. Each URL hears its receipts in order and at least once; one that fails is tried
/// again later and holds up nobody else.
struct ReceiptHookService: Sendable {
    let store: any DeliveryReceiptStore
    let codec: EndpointCodec
    /// For addresses that strangers chose.
    let transport: any Transport
    let address: WebhookAddress
    let bell: ReceiptBell
    let trouble: StoreTrouble
    let now: @Sendable () -> Date
    let clock: any Clock<Duration>

    /// Hooks that failed, and what other nodes left, are found after so long.
    private static let lookSeconds = 5.0
    /// Receipts that come one after the other are posted together.
    private static let pauseSeconds = 0.1
    private static let hooksAtOnce = 32
    private static let pageReceipts = 200
    private static let deadlineSeconds = 10.0
    private static let firstRetrySeconds = 5.0
    private static let longestRetrySeconds = 3600.0

    /// Works until cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await look() }
            for await _ in bell.hookRings {
                if await round() { bell.ringForHooks() }
                try? await clock.sleep(for: .seconds(Self.pauseSeconds))
            }
        }
    }

    private func look() async {
        repeat { bell.ringForHooks() } while (try? await clock.sleep(for: .seconds(Self.lookSeconds))) != nil
    }

    /// - Returns: whether there may be more to do soon.
    private func round() async -> Bool {
        do {
            let moment = now()
            let due = try await store.claimHooks(
                until: moment.addingTimeInterval(Self.deadlineSeconds + 30), limit: Self.hooksAtOnce, page: Self.pageReceipts, now: moment)
            await withDiscardingTaskGroup { group in
                for hook in due { group.addTask { await tell(hook) } }
            }
            return due.count == Self.hooksAtOnce || due.contains(where: Self.mayHaveMore)
        } catch {
            trouble.report(error)
            return false
        }
    }

    /// A full page has another behind it; one without a receipt was claimed before its receipts could be seen.
    private static func mayHaveMore(_ hook: HookedReceipts) -> Bool { hook.receipts.isEmpty || hook.receipts.count == pageReceipts }

    private func tell(_ hook: HookedReceipts) async {
        let isTaken = await post(hook)
        // A request that was cut off because we stop says nothing about its receiver.
        guard !Task.isCancelled else { return }
        let failures = isTaken ? 0 : hook.failures + 1
        let heard = isTaken ? hook.receipts.last?.place ?? hook.heard : hook.heard
        let wait = isTaken ? 0 : Self.waitSeconds(afterFailures: failures)
        do {
            try await store.settleHook(of: hook.subscription, heard: heard, failures: failures, nextAt: now().addingTimeInterval(wait))
        } catch {
            // Its receipts come again when the claim has run out.
            trouble.report(error)
        }
    }

    /// Twice as long each time, with full jitter above the first half, so that hooks of one receiver don't come together.
    private static func waitSeconds(afterFailures failures: Int) -> Double {
        min(longestRetrySeconds, firstRetrySeconds * Double(1 << min(failures - 1, 10))) * Double.random(in: 0.5...1)
    }

    private func post(_ hook: HookedReceipts) async -> Bool {
        guard !hook.receipts.isEmpty else { return true }
        // Rules may have become stricter since it was given.
        guard address.objection(to: hook.url) == nil, let body = try? JSONReply.encode(Body(hook, codec)) else { return false }
        let request = TransportRequest(
            url: hook.url, headers: [("content-type", "application/json"), ("user-agent", "herald")], body: Array(body),
            replyLimitBytes: 1024)
        guard let reply = try? await transport.send(request, within: .seconds(Self.deadlineSeconds)) else { return false }
        return (200..<300).contains(reply.status)
    }

    private struct Body: Encodable {
        /// The receipt subscription: whoever receives this can tell by the secret URL that it is no stranger's.
        let subscription: String
        let receipts: [DeliveryReceiptJSON]

        init(_ hook: HookedReceipts, _ codec: EndpointCodec) {
            subscription = codec.location(of: hook.subscription)
            receipts = hook.receipts.map { DeliveryReceiptJSON($0, codec) }
        }
    }
}
