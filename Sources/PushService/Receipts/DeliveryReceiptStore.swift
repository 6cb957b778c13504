#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Where receipts wait for their readers. They are written by ``MessageStore``, in the transaction that ends their message.
public protocol DeliveryReceiptStore: Sendable {
    /// Receipts after a place, in their order, at most `limit`.
    /// - Returns: nil when there is no such subscription (any more).
    func receipts(of subscription: ReceiptSubscription, after place: ReceiptPlace, limit: Int) async throws -> [DeliveryReceipt]?

    /// Ends a subscription: its receipts are gone, and messages under way leave none.
    /// - Returns: whether there was one.
    func endReceipts(of subscription: ReceiptSubscription) async throws -> Bool

    /// Receipts are posted to `url` from now on; nil: no longer. What was written before is not posted.
    /// - Returns: whether there is such a subscription.
    func setHook(of subscription: ReceiptSubscription, to url: String?, now: Date) async throws -> Bool

    /// Takes hooks that have something to hear and are due, and keeps others from them until `until`. Cheap when there are none: it is
    /// asked often.
    func claimHooks(until: Date, limit: Int, page: Int, now: Date) async throws -> [HookedReceipts]

    /// What a hook has heard, and when it is due again if it has more to hear or failed.
    /// - Parameters:
    ///   - place: up to here it has heard everything.
    ///   - failures: how often it failed in a row.
    ///   - nextAt: not before then.
    func settleHook(of subscription: ReceiptSubscription, heard place: ReceiptPlace, failures: Int, nextAt: Date) async throws

    /// Deletes receipts written before `date`, and subscriptions that were not used since, at most `limit` of each.
    /// - Returns: the larger of the two numbers: below `limit` means that none is left.
    func deleteReceipts(before date: Date, limit: Int) async throws -> Int
}

/// What a hook is to hear.
public struct HookedReceipts: Sendable, Hashable {
    public var subscription: ReceiptSubscription
    public var url: String
    public var failures: Int
    /// Up to here it has heard everything.
    public var heard: ReceiptPlace
    /// In their order.
    public var receipts: [DeliveryReceipt]

    public init(
        subscription: ReceiptSubscription, url: String, failures: Int, heard: ReceiptPlace, receipts: [DeliveryReceipt]
    ) {
        self.subscription = subscription
        self.url = url
        self.failures = failures
        self.heard = heard
        self.receipts = receipts
    }
}
