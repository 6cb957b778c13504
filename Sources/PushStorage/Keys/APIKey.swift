#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import PushSender

/// What a key may do, from the least to the most. Admin may do everything.
public enum KeyScope: String, Sendable, Hashable, CaseIterable {
    /// Register devices, and change one whose id is known: the key that an app or a page may carry.
    case register
    case read, send, admin
}

/// A key as it is kept: its secrets only as digests.
public struct APIKey: Sendable, Hashable {
    public let id: String
    public let app: AppID
    public let name: String
    public let scope: KeyScope
    public let createdAt: Date
    /// Written once a minute at most; nil when nobody has used it.
    public let lastUsedAt: Date?
    /// When the secret before the last rotation stops working; nil when there is none.
    public let previousUntil: Date?
}
