#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a worker needs to send a push page by page.
public protocol PageStore: Sendable {
    /// Active devices of the slice's part of the audience after its cursor, in cursor order. Fewer than `limit` means: the end.
    /// - Parameter withProfiles: whether recipients are to have their profiles.
    func page(of slice: Slice, push: Push, withProfiles: Bool, limit: Int) async throws -> [Recipient]

    /// How many active devices of the slice's part of the audience there are after its cursor.
    func left(of slice: Slice, push: Push) async throws -> Int

    /// Asks whether caps on how often let recipients have a push, and counts those that may. Asking again for the same push changes
    /// nothing.
    func reserve(_ push: Push, for recipients: [Recipient], now: Date) async throws -> [FrequencyVerdict]

    /// Writes what came of a page: cursor, counters, retries, failures, dead devices, and the end of the push when this was the last.
    /// A page counts once, however often it is recorded: a commit whose answer was lost may be repeated.
    /// - Returns: `.lost` when the lease was lost. Then nothing was written, and somebody else sends (or has sent) the page.
    func record(_ page: PageRecord, owner: LeaseOwner) async throws -> PageFate
}

/// What became of a page's record.
public enum PageFate: Sendable, Hashable {
    case lost
    /// Written; `ending` when nobody else is to be sent the push.
    case written(ending: PushEnding?)
}
