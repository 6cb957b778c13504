#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// When a device, or all of a time zone, has its turn.
public enum Opening: Sendable, Hashable {
    /// From then on; what has passed is now.
    case at(Date)
    /// They are dropped. The reason says nothing of the single device, so that it can be counted.
    case never(reason: String)

    /// Whether its turn comes when the push is worth nothing any more: it is expired then, without a try.
    public func isTooLate(expiresAt: Date) -> Bool {
        if case .at(let date) = self { date >= expiresAt } else { false }
    }
}
