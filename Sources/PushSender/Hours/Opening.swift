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
}
